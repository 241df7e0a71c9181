"""Exchange with NVivo, MAXQDA, QualCoder and ATLAS.ti by the REFI-QDA standard: codings out, corrections in.

Caveat: the standard carries selections and codes, not scores or intervals; what comes back is which statement has which code, and
who gave it. It comes back as overrides (:mod:`policycompare.corpus.overrides`), never as codings in the coder's name.

See REFI-QDA Standard 1.5 (2019), qdasoftware.org. The package pyrefiqda (0.3) was looked at: it unpacks a stranger's archive into the
working directory without a limit, dates its archives, and leaves offsets and their meaning to the caller; what is left, the XML's
mapping, is what :mod:`policycompare.qda.writing` and :mod:`policycompare.qda.package` do in a page each.
"""

from policycompare.qda.corrections import Imported, corrections, import_corrections
from policycompare.qda.package import read_codebook
from policycompare.qda.writing import codebook, project

__all__ = ["Imported", "codebook", "corrections", "import_corrections", "project", "read_codebook"]
