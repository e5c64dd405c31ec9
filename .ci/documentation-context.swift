// What the examples of the documentation take for given.
import BilinearPooling
import ExampleSupport
import Foundation
import SpatialPyramidPooling
import Tern
import TernAttention
import TernDistributed
import TernONNX
import TernRecurrent
import TernTesting
import TernVision

final class LeNet: Module {
    let conv1 = Conv2d(1, 6, kernelSize: 5, padding: 2)
    let fc1 = Linear(4704, 10)
    func forward(_ images: Tensor) -> Tensor { fc1(relu(conv1(images)).flattened(from: 1)) }
}

nonisolated(unsafe) let model = LeNet()
nonisolated(unsafe) let optimizer = Adam(model.parameters, learningRate: 1e-3)
nonisolated(unsafe) let scheduler = LearningRateScheduler(optimizer, ConstantSchedule(1e-3))
nonisolated(unsafe) let training = TrainingState(model: model, optimizer: optimizer, scheduler: scheduler)
let digits = SyntheticDigits()
let loader = digits.train.batched(64).map { (scaled($0), $1) }
let images = Tensor.zeros([64, 1, 28, 28])
let labels = Tensor.zeros([64], dtype: .int64)
let testBatches = [(images, labels)]
let (x, y, weight, bias) = (Tensor([1, 2]), Tensor([3, 4]), Tensor([[1, 2], [3, 4]]), Tensor([5, 6]))
let (epochs, epoch, step) = (5, 1, 1)
let loss = Tensor(1)
let (steps, losses) = ([1, 2], [0.3, 0.2])
nonisolated(unsafe) let accuracy = Accuracy()
nonisolated(unsafe) let confusion = ConfusionMatrix(classes: 10)
let predicted = [0, 1]
let validationAccuracy = 0.9
func evaluate(_ model: LeNet) -> Double { 0.9 }
// in Sources/TernCore/Autograd/Rematerialization.swift
func block(_ x: Tensor) -> Tensor { tanh(x) }
// in Sources/TernCore/Ops/Pooling/Pooling2d.swift
let features = Tensor.zeros([64, 16, 7, 7])
// in Sources/TernCore/State/StateReader.swift
var reader = StateReader([:])
let encoder = model
// in Sources/TernData/Datasets/ClassifiedDataset.swift
let cifar = try CIFAR10(contentsOf: "data")
// in Sources/TernData/Augmentation/AnnotatedImage.swift
let numbers = Generator(seed: 1)
// in Sources/TernData/Augmentation/ImageDataGenerator.swift
let generator = ImageDataGenerator()
// in Sources/TernData/Scaling.swift
let mnist = try MNIST(contentsOf: "data")
// in Sources/TernData/Text/BytePairTokenizer.swift
let text = "tern"
// in Sources/TernData/Text/Tokenizer.swift
let text = "tern"
// in Sources/TernData/Text/WindowDataset.swift
let (tokens, rest) = (labels, labels)
// in Sources/TernFormats/CSV/CSVTable+Columns.swift
let iris = try CSVTable(contentsOf: "iris.csv")
// in Sources/TernFormats/NumPy/NPY.swift
let weights = weight
// in Sources/TernFormats/Safetensors/SafetensorsFile+Writing.swift
let source = try SafetensorsFile(contentsOf: "lenet.safetensors")
let entries = ["weight": (dtype: DType.float32, shape: Shape([1, 2]))]
let oldNames = ["weight": "conv1.weight"]
// in Sources/TernFormats/Tar/TarReader.swift
nonisolated(unsafe) var records: [UInt8] = []
// in Sources/TernFormats/Zip/ZipWriter.swift
let (text, log) = ("{}", [UInt8]())
// in Sources/TernMetrics/Regression/Perplexity.swift
let (tokens, nextTokens) = (images, labels)
// in Sources/TernNN/ModuleVisitor.swift
let (weight, bias) = (Parameter(y), Parameter(y))
// in Sources/TernNN/Surgery/NamePattern.swift
let state = model.stateDictionary()
// in Sources/TernNN/Sequential.swift
let useDropout = true
// in Sources/TernOptimizers/Shared/Optimizer.swift
let tape = GradientTape()
// in Sources/TernOptimizers/Schedules/LearningRateScheduler.swift
let batches = loader.count
let gradients = GradientTape().gradients(of: loss)
// in Sources/TernOptimizers/Schedules/OneCycleSchedule.swift
let batches = loader.count
// in Sources/TernPlot/Charts/Bars.swift
let fc1 = Linear(3, 4)
// in Sources/TernPlot/Charts/Chart.swift
let validation: [Double]? = [0.4, 0.3]
// in Sources/TernPlot/Charts/HeatMap.swift
let weights = weight
// in Sources/TernPlot/Charts/ImageGrid.swift
let names = ["cat", "dog"]
let labels = [0, 1]
// in Sources/TernPlot/Charts/Marks.swift
let (heights, weights) = ([1.7, 1.8], [70.0, 75.0])
// in Sources/TernPlot/Charts/Picture.swift
let image = images[0]
// in Sources/TernPlot/Charts/Plot.swift
let chart = Chart(title: "Training loss") { Line(losses) }
// in Sources/TernPlot/Report/Report+Classification.swift
let (trainAccuracies, testAccuracies) = (losses, losses)
// in Sources/TernPlot/Report/Report.swift
let accuracies = losses
// in Sources/TernTesting/CheckDataset.swift
struct Spirals: Dataset {
    let count: Int
    func element(at index: Int) -> Tensor { x }
}
// in Sources/TernTesting/CheckLayer.swift
final class Swish: Module {
    init(beta: Double) {}
    func forward(_ x: Tensor) -> Tensor { x }
}
final class Attention: Module {
    struct Input { var query, memory: Tensor }
    func forward(_ input: Input) -> Tensor { input.query }
}
let (query, memory) = (x, y)
// in Sources/TernTesting/CheckMetric.swift
let batches = testBatches
// in Sources/TernTesting/GoldenFile.swift
func swish(_ x: Tensor) -> Tensor { x }
// in Sources/TernTesting/Leaks.swift
func makeModel() -> LeNet { LeNet() }
// in Sources/TernTesting/TensorLayout.swift
func mySoftmax(_ x: Tensor) -> Tensor { x }
let expected = x
// in Sources/TernTesting/ThreadCounts.swift
func myOperation(_ x: Tensor) -> Tensor { x }
// in Sources/TernTesting/Tolerance.swift
let layer = ReLU()
// in Sources/TernTraining/Checkpoint.swift
let checkpoint = try training.checkpoint()
// in Sources/TernTraining/Curves+Plot.swift
let scores = y
// in Sources/TernTraining/History+Plot.swift
let (history, meanLoss) = (History(), Mean())
var report = Report(title: "LeNet on MNIST")
// in Sources/TernTraining/History.swift
let meanLoss = Mean()
// in Sources/TernTraining/Interruption.swift
let checkpoints = try CheckpointFolder("checkpoints")
// in Sources/TernTraining/Terminal/LiveView.swift
let (meanLoss, validationLoss) = (Mean(), 0.4)
let checkpoints = try CheckpointFolder("checkpoints")
// in Sources/TernTraining/Terminal/ProgressBar.swift
let (accuracy, loss) = (0.9, 0.3)
// in Plugins/TernAttention/Sources/GPT.swift
let ids = Tensor.randomIntegers([16, 129], in: 0..<96)
let prompt = Tensor.zeros([1, 5], dtype: .int64)
// in Plugins/TernAttention/Sources/MultiheadAttention.swift
let (query, key, value, memory) = (x, x, x, x)
let isPadding = Tensor.zeros([1, 2], dtype: .bool)
// in Plugins/TernAttention/Sources/Transformer.swift
let (source, target) = (x, x)
// in Plugins/TernAttention/Sources/TransformerDecoderLayer.swift
let memory = x
// in Plugins/TernAttention/Sources/TransformerEncoder.swift
let isPadding = Tensor.zeros([1, 2], dtype: .bool)
// in Plugins/TernAttention/Sources/TransformerEncoderLayer.swift
let isPadding = Tensor.zeros([1, 2], dtype: .bool)
// in README.md
final class ChannelScale: Module {
    init(_ channels: Int) {}
    func forward(_ x: Tensor) -> Tensor { x }
}
// in Sources/TernLayers/Normalization/UpdateBatchNorm.swift
let average = MovingAverage(of: model)
// in Sources/TernOptimizers/LBFGS.swift
let (inputs, targets) = (images, labels)
// in Sources/TernTraining/Run/Classification.swift
let cifar = try CIFAR10(contentsOf: "data")
// in Sources/TernTraining/Run/TrainingRun.swift
let run = try TrainingRun(training, epochs: epochs)
let (stopping, result) = (EarlyStopping(patience: 3), evaluate(model, testBatches, loss: { crossEntropy($0, $1) }))
// in Sources/TernTraining/Run/TrainingRun+Output.swift
let run = try TrainingRun(training, epochs: epochs)
let (result, testLoader) = (Classification(model, testBatches), testBatches)
// in Sources/TernTraining/Run/TrainingSteps.swift
let run = try TrainingRun(training, epochs: epochs)
// in Sources/TernTraining/Terminal/Chart+Text.swift
let chart = Chart(title: "Training loss") { Line(losses) }
// in Sources/TernNN/Catalogue/Blueprint.swift
final class Swish: Module, RebuildableModule {
    let beta: Double
    init(beta: Double = 1) { self.beta = beta }
    func forward(_ x: Tensor) -> Tensor { x * sigmoid(x * beta) }
    static let blueprint = Blueprint<Swish>("", .init("beta", \.beta), make: Swish.init)
}
// in Sources/TernNN/Catalogue/Catalogue.swift
final class Swish: Module, RebuildableModule {
    func forward(_ x: Tensor) -> Tensor { x }
    static let blueprint = Blueprint<Swish>("") { Swish() }
}
typealias MyNet = Swish
// in Sources/TernDistributed/Communicator/Communicator.swift
let group = Communicator.world
// in Sources/TernDistributed/Collectives/AllReduce.swift
let group = Communicator.world
// in Sources/TernDistributed/DataParallel/DataParallel+Backward.swift
let parallel = try DataParallel(model)
let batch = ShardedBatch((images, labels))
// in Sources/TernDistributed/DataParallel/ShardedBatch.swift
let group = Communicator.world
let testLoader = loader
// in Sources/TernDistributed/DataParallel/SyncBatchNorm.swift
let group = Communicator.world
// in Sources/TernDistributed/Training/ShardedOptimizer.swift
let group = Communicator.world
let parallel = try DataParallel(model)
// in Sources/TernDistributed/Training/Communicator+Metrics.swift
let group = Communicator.world
let testLoader = loader
