from .data.mechanism import FractionalNetwork as FractionalNetwork
from .data.mechanism import Mechanism as Mechanism
from .data.split import split_experiments as split_experiments
from .data.tables import read_table as read_table
from .data.tables import write_table as write_table
from .data.trajectories import Trajectories as Trajectories
