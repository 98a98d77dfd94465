"""Tables as laboratories have them: a grid of cells, its blocks, what each column is, and the runs.

``open`` (a file, a sheet, a frame) -> `Grid` of cells -> `Block` (a header and its rows) -> `Table` of columns with
names and units -> roles -> numbers -> runs -> `Trajectories`. Every assumption on the way is one remark.
"""
