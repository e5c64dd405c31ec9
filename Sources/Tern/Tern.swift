// All of Tern with one import.
@_exported import TernCore
@_exported import TernData
@_exported import TernFormats
@_exported import TernLayers
@_exported import TernLosses
@_exported import TernMetrics
@_exported import TernModelFiles
@_exported import TernNN
@_exported import TernOptimizers
@_exported import TernPlot
@_exported import TernTraining
