"""Rate laws, one file each."""

from .arrhenius import Arrhenius as Arrhenius
from .base import RateLaw as RateLaw
from .custom import Custom as Custom
from .hill import Hill as Hill
from .hill import HillRepression as HillRepression
from .mass_action import MassAction as MassAction
from .michaelis_menten import MichaelisMenten as MichaelisMenten
from .reversible import ReversibleMM as ReversibleMM
