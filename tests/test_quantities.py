"""The number grammar as an input/output table: what a plan commits to, and what only looks like it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policycompare.targets.commitments import tells_of_the_past
from policycompare.targets.glance import glance
from policycompare.targets.numerals import fold, read_number
from policycompare.targets.quantities import quantities_in


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("3.5万", 35_000),
        ("9,670", 9_670),
        ("三十", 30),
        ("十五", 15),
        ("两百五十", 250),
        ("一千零五", 1_005),
        ("一万二千", 12_000),
        ("两亿", 200_000_000),
        ("三点五", 3.5),
        ("三点五万", 35_000),
        ("十二点五", 12.5),
        ("二〇二七", 2027),
        ("20万", 200_000),
    ],
)
def test_numbers_are_read(written, value):
    assert read_number(written) == pytest.approx(value)


@pytest.mark.parametrize("written", ["", "学校", "三点", "点五", "三点十"])
def test_a_word_is_no_number(written):
    with pytest.raises(ValueError, match="no number"):
        read_number(written)


@pytest.mark.parametrize("text", ["零分之一的学校", "〇分之〇", "1/0以上"])
def test_a_fraction_of_nothing_is_none(text):
    assert quantities_in(fold(text)) == []


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*"0123点零两三十百万亿％分之由从提高到至余多名所元，、-∶第前位居每"]), max_size=16).map("".join))
def test_no_number_breaks_the_grammar(text):
    for found in quantities_in(fold(text)):
        assert 0 <= found.start <= found.at < found.stop <= found.end <= len(text)


@pytest.mark.parametrize("run", ["1", "一", "万", "1,", "1%-", "百分之一", "由1%提高到"])
def test_a_run_of_digits_is_soon_read(run):
    """Read from every digit to the end and back, 20,000 digits took minutes."""
    quantities_in("新增" + run * (20_000 // len(run)) + "字。")


def test_a_list_without_end_is_not_quoted_from_its_start_again_and_again():
    """A page of it took a minute and 12 GB."""
    found = [one for one in quantities_in("由3所提高到5所" + "、初6所" * 2_000) if one.comparator == "change"]
    assert len(found) > 200
    assert max(one.end - one.start for one in found) <= 1000


def test_a_text_without_a_stop_is_read_to_its_end():
    found = quantities_in("招聘教师5名，" * 1000)
    assert len(found) == 1000
    assert {(one.start % 7, one.end % 7, one.low) for one in found} == {(4, 6, 5.0)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # value, unit, bound before or after the number
        ("新建公办幼儿园12所。", [(12, 12, "所", "=")]),
        ("招聘教师不少于200名。", [(200, 200, "名", ">=")]),
        ("覆盖率达到85%以上。", [(85, 85, "%", ">=")]),
        ("覆盖率达到９２．５％。", [(92.5, 92.5, "%", "=")]),
        ("新增学位超过3000个。", [(3000, 3000, "个", ">")]),
        ("新增学位近2万个。", [(20_000, 20_000, "个", "~")]),
        ("培训教师300人左右。", [(300, 300, "人", "~")]),
        ("逾期率低于15%。", [(15, 15, "%", "<")]),
        ("占比控制在8%以内。", [(8, 8, "%", "<=")]),
        ("班额不超过55人。", [(55, 55, "人", "<=")]),
        # money in yuan, 余 and 多 between number and unit
        ("投入资金9000余万元。", [(90_000_000, 90_000_000, "元", ">")]),
        ("每年设立1000-1500万元专项资金。", [(10_000_000, 15_000_000, "元", "range")]),
        ("给予3万-5万元奖励。", [(30_000, 50_000, "元", "range")]),
        # ranges
        ("培育示范校3—5所。", [(3, 5, "所", "range")]),
        ("创建10至15个专业。", [(10, 15, "个", "range")]),
        ("每学期选修1～2门课程。", [(1, 2, "门", "range")]),
        # changes, also as a spinner writes them, and a list that shares its start
        ("小学由240元进步到295元。", [(240, 295, "元", "change")]),
        ("入园率从80%提高到90%。", [(80, 90, "%", "change")]),
        (
            "由每年补助300元提高到小学500元、初中750元。",
            [(300, 500, "元", "change"), (300, 750, "元", "change")],
        ),
        # Chinese numerals and fractions
        ("建立三十所示范校。", [(30, 30, "所", "=")]),
        ("将指标半数以上分配到初中。", [(50, 50, "%", ">=")]),
        ("参训率达到百分之九十五以上。", [(95, 95, "%", ">=")]),
        ("三分之二以上的教师参加培训。", [(200 / 3, 200 / 3, "%", ">=")]),
        ("争取每人有一项课题。", [(1, 1, "项", "=")]),
        ("必修学分从116学分减少到96学分,选修学分从28学分提高到48学分。", [(116, 96, "学分", "change"), (28, 48, "学分", "change")]),
        ("保证不低于6个学分。", [(6, 6, "学分", ">=")]),
        ("实行五年一周期、不少于360学时的全员培训。", [(5, 5, "年", "="), (360, 360, "学时", ">=")]),
        ("名师培养对象按1∶1.5的比例推荐。", [(1.5, 1.5, "比例", "=")]),
        ("年龄一般不超过45周岁。", [(45, 45, "周岁", "<=")]),
        ("考试次数最多2次。", [(2, 2, "次", "<=")]),
        # wholes, none, ranks
        ("力争实现“零死亡”的目标。", [(0, 0, "%", "=")]),
        ("实现督导全覆盖。", [(100, 100, "%", "=")]),
        ("确保残疾儿童入学零拒绝。", [(0, 0, "%", "=")]),
        ("教育满意度保持全市前三。", [(1, 3, "位次", "rank")]),
        # frequencies, thresholds, durations with a bound
        ("每年举办一次运动会。", [(1, 1, "次", "=")]),
        ("服务期满5年方可申请调出。", [(5, 5, "年", ">=")]),
        ("每天体育活动不少于1小时。", [(1, 1, "小时", ">=")]),
    ],
)
def test_quantities_are_found(text, expected):
    found = [(q.low, q.high, q.unit, q.comparator) for q in quantities_in(fold(text))]
    assert [row[2:] for row in found] == [row[2:] for row in expected]
    assert [row[:2] for row in found] == [pytest.approx(row[:2]) for row in expected]


@pytest.mark.parametrize(
    "text",
    [
        "2021年3月22日召开会议。",  # dates
        "举办第十五届运动会。",  # ordinals
        "实施“2531”工程和“三名工程”。",  # names
        "围绕“四有”好老师标准。",
        "增强四个意识、坚定四个自信。",  # structures
        "从三个方面抓好落实。",
        "利用3年时间达到标准。",  # time frames
        "实施三年行动计划。",
        "依托3个片区开展教研。",  # what is there already
        "全市12个开发区加快发展。",
        "推进教育信息化2.0行动。",
        "办成一流的学校,培养一批名师。",
        "小学1至2年级开设书法课。",
        "十分重视统一管理。",
        "构建“全覆盖、高品质”的体系。",
        "按总分3组织录取。",
        "发展3岁以下婴幼儿照护服务。",
        "严格执行24小时值班制度。",
        "",
    ],
)
def test_what_is_no_target_is_left_out(text):
    assert quantities_in(fold(text)) == []


def test_what_was_done_tells_of_the_past():
    assert tells_of_the_past(fold("过去一年,新建学校5所,教育质量稳步提高。"), surely=True)
    assert not tells_of_the_past(fold("今后一年,新建学校5所,教育质量稳步提高。"), surely=True)


@given(
    st.text(
        alphabet="新建学校所个名万元0123456789.%以上不低于由提高到每年一三十百—-，。“”（）两半",
        max_size=40,
    )
)
def test_any_text_passes_and_values_are_ordered_as_their_comparator_says(text):
    for quantity in quantities_in(fold(text)):
        assert 0 <= quantity.start <= quantity.at < quantity.stop <= quantity.end <= len(text)
        assert quantity.comparator == "change" or quantity.low <= quantity.high
        assert (quantity.baseline is not None) == (quantity.comparator == "change")


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from([*"0129点零两三十百万％分之半数由从到至以上所年节岁、-∶第前位，", "全覆盖", "百分之"]), max_size=12).map(
        "".join
    )
)
def test_a_glance_loses_no_quantity(text):
    assert glance(text).numbers.size or not quantities_in(fold(text))


@given(st.text(max_size=30))
def test_folding_keeps_the_length(text):
    assert len(fold(text)) == len(text)
