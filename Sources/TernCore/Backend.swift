import CTernKernels

// The names of what kernels compute, without the kernels.
package typealias UnaryFunction = CTernKernels.UnaryFunction
package typealias ParameterUnaryFunction = CTernKernels.ParameterUnaryFunction
package typealias BinaryFunction = CTernKernels.BinaryFunction
package typealias ParameterBinaryFunction = CTernKernels.ParameterBinaryFunction
package typealias Comparison = CTernKernels.Comparison
package typealias ReductionFunction = CTernKernels.ReductionFunction
typealias ScatterFunction = CTernKernels.ScatterFunction
// The settings of updates.
typealias SGDRule = TernSGD
typealias AdamRule = TernAdam
typealias AdagradRule = TernAdagrad
typealias IntegerFunction = CTernKernels.IntegerFunction

/// What a device computes: all that a second one would have to write.
///
/// The wall between what an operation means and how it is computed. On the side of the operations stand checks, shapes,
/// types and derivatives; on this side memory, loops, threads and kernels. A backend looks at the memory, type, shape and
/// strides of tensors, never at their graph. Operands may have any strides unless it says *contiguous*. Results are written
/// into tensors that the caller made: fresh and contiguous, and of the right shape and type, unless it says *view*. A result
/// may be an operand of an elementwise function. What has no elements is no special case.
///
/// Results have the same bits for any number of threads.
protocol Backend {
    // MARK: Elements. Operands are of one type, and broadcast to the result's shape.

    /// Sets all elements to `value`, converted.
    func fill(_ y: Tensor, _ value: some TensorScalar)
    /// `y = x`, converted by the rules of ``Tensor/converted(to:)``. `x` is contiguous.
    func convert(_ x: Tensor, into y: Tensor)
    /// `y = x`, broadcast, into a view.
    func copy(_ x: Tensor, into y: Tensor)
    /// `y += x`, of one shape, into a view.
    func add(_ x: Tensor, into y: Tensor)
    func unary(_ function: UnaryFunction, _ x: Tensor, into y: Tensor)
    func unary(_ function: ParameterUnaryFunction, _ parameter: Double, _ x: Tensor, into y: Tensor)
    func binary(_ function: BinaryFunction, _ a: Tensor, _ b: Tensor, into y: Tensor)
    func binary(_ function: ParameterBinaryFunction, _ parameter: Double, _ a: Tensor, _ b: Tensor, into y: Tensor)
    /// Of any type; `y` is of `bool`.
    func compare(_ comparison: Comparison, _ a: Tensor, _ b: Tensor, into y: Tensor)
    /// Logic on tensors of `bool`: a minimum is "and", a maximum "or".
    func logic(_ function: BinaryFunction, _ a: Tensor, _ b: Tensor, into y: Tensor)
    /// `a` where `condition`, which is of `bool`, is true, `b` elsewhere.
    func choose(_ condition: Tensor, _ a: Tensor, _ b: Tensor, into y: Tensor)
    /// `min(max(x, low), high)`; NaN stays.
    func clamp(_ x: Tensor, _ low: Double, _ high: Double, into y: Tensor)

    // MARK: Reductions. At least one element is reduced.

    /// The values over `axes`, in rising order. Sums and products of an integer type wrap.
    func reduce(_ function: ReductionFunction, _ x: Tensor, axes: [Int], into y: Tensor)
    /// The sums of the columns of a contiguous matrix: the gradient of a bias.
    func sumColumns(_ x: Tensor, into y: Tensor)
    /// The index of the first largest (`.max`) or smallest (`.min`) element along an axis; a NaN wins.
    func argument(_ function: ReductionFunction, _ x: Tensor, axis: Int, into y: Tensor)
    /// Each element of the contiguous `y` becomes the sum up to it.
    func accumulateSums(_ y: Tensor, axis: Int)
    /// `scale` times the sum of the squared differences of contiguous tensors of one shape, which are no halves.
    func squaredError(_ a: Tensor, _ b: Tensor, scale: Double, into y: Tensor)
    /// `(a - b) * factor * number`, with a scalar tensor `factor`, of such tensors.
    func scaledDifference(_ a: Tensor, _ b: Tensor, _ factor: Tensor, _ number: Double, into y: Tensor)

    /// The dot products of vectors with `a`, the first row of `y`, and with `b`, its second; and the sum of vectors times
    /// factors. All are contiguous, of one length or shape, and of `float32` or `float64`.
    func dotProducts(_ vectors: ArraySlice<Tensor>, _ a: Tensor, _ b: Tensor, into y: Tensor)
    func combine(_ vectors: [Tensor], _ factors: [Double], into y: Tensor)

    // MARK: Rows of the last axis. All tensors are contiguous.

    func softmax(_ x: Tensor, into y: Tensor)
    func logSoftmax(_ x: Tensor, into y: Tensor)
    /// `y * (g - sum(g * y))` and `g - exp(y) * sum(g)`.
    func softmaxBackward(_ y: Tensor, _ g: Tensor, into dx: Tensor)
    func logSoftmaxBackward(_ y: Tensor, _ g: Tensor, into dx: Tensor)
    /// The cross-entropy of each row of `x` with its label, and the softmax of the row. Labels are of `int64` and checked.
    func crossEntropy(
        _ x: Tensor, _ labels: Tensor, ignoring: Int64, smoothing: Double, into losses: Tensor, _ probabilities: Tensor)
    /// `scale * (probabilities - target)`, with a scale for each row or for all.
    func crossEntropyBackward(
        _ probabilities: Tensor, _ labels: Tensor, ignoring: Int64, smoothing: Double, scale: Tensor, into dx: Tensor)
    /// The loss of each sequence of `x`, of shape [T, N, C], and if asked for the probability of each class at each step in the
    /// ways that give its labels, added to the zeros of `shares`: NaN where the loss is infinite.
    func connectionistTemporal(_ x: Tensor, _ batch: LabelSequences, into losses: Tensor, shares: Tensor?)

    // MARK: Networks

    /// The products of the matrices in the last two axes, each transposed first if so asked, over the other axes broadcast.
    /// The contiguous `bias`, a value for each column, is what sums start from. All types but `bool`.
    func multiply(
        _ a: Tensor, transposed: Bool, _ b: Tensor, transposed: Bool, bias: Tensor?, into c: Tensor)
    /// `x` with `weight` gives `y`, or `dy` with `weight` gives `dx`. Sums start from `bias`. All are contiguous. If it keeps
    /// weights, those are packed once for all such calls until they change.
    func correlate(
        _ pass: CorrelationPass, _ geometry: ConvolutionGeometry, _ source: Tensor, _ weight: Tensor, bias: Tensor?,
        into y: Tensor, keepsWeights: Bool)
    /// The gradients of the weight, and of the bias if there is one, from `x` and `dy`. All are contiguous.
    func correlationWeightGradient(
        _ geometry: ConvolutionGeometry, _ x: Tensor, _ dy: Tensor, into dw: Tensor, bias: Tensor?)
    /// The bytes that stand for the contiguous `float32` `x`.
    func quantize(_ x: Tensor, _ parameters: QuantizationParameters, into y: Tensor)
    /// The products of the rows of `x` with those of the weights, and the correlation with them: `x` is contiguous, of `uint8`
    /// or of `float32`, which becomes bytes as it is read, and `y` of `uint8` if the weights have the output's parameters, of
    /// `float32` otherwise.
    func multiplyQuantized(
        _ x: Tensor, _ weights: QuantizedWeights, _ activation: PiecewiseLinear?, into y: Tensor)
    func correlateQuantized(
        _ geometry: ConvolutionGeometry, _ x: Tensor, _ weights: QuantizedWeights, _ activation: PiecewiseLinear?,
        into y: Tensor)
    /// The largest value of each window and its place in its plane, an `int32`; -1 where there is none.
    func maxPool(_ windows: PoolingWindows, _ x: Tensor, into y: Tensor, places: Tensor)
    /// Zeros but for the sum of the gradients of the maxima at each place, and the transpose of that.
    func maxPoolScatter(_ windows: PoolingWindows, _ dy: Tensor, places: Tensor, into dx: Tensor)
    func maxPoolGather(_ windows: PoolingWindows, _ x: Tensor, places: Tensor, into y: Tensor)
    func averagePool(_ windows: PoolingWindows, _ x: Tensor, into y: Tensor)
    /// The share of each gradient to all values that its mean is of.
    func averagePoolSpread(_ windows: PoolingWindows, _ dy: Tensor, into dx: Tensor)
    /// The mean and the biased variance of each channel of [N, C, D...], into those of the normalization, and `(x - mean) /
    /// sqrt(variance + epsilon) * weight + bias` with the activation.
    func normalizeBatch(_ normalization: BatchNormalization, into y: Tensor)
    /// The same with a given mean and variance.
    func normalize(_ normalization: BatchNormalization, into y: Tensor)
    /// The gradients of the input (unless absent), weight and bias.
    func normalizeBackward(
        _ normalization: BatchNormalization, _ g: Tensor, into dx: Tensor?, weight dw: Tensor, bias db: Tensor)

    // MARK: Indices, of `int64`, contiguous and checked.

    /// The slices that begin at `places` behind the slice `x`: the axes of `places` stand in `y` before `axis` of `x`.
    func gatherSlices(_ x: Tensor, axis: Int, at places: SlicePlaces, into y: Tensor)
    /// Writes the slices of the contiguous `x` to those at `places` behind the slice `y`, a view: in their order, unless no
    /// place is named twice.
    func putSlices(_ x: Tensor, axis: Int, at places: SlicePlaces, isUnique: Bool, into y: Tensor)
    /// Adds such slices, those at one place in their order. With `groups`, numbers below `count` that are the same for the
    /// same place, slices at one place are added up by themselves; then elements of `y` behind `axis` lie without gaps.
    func addSlices(
        _ x: Tensor, axis: Int, at places: SlicePlaces, groups: (indices: Tensor, count: Int)?, isUnique: Bool,
        into y: Tensor)
    /// `y[i, j] = x[indices[i, j], j]` for axis 0, and alike for the others.
    func gatherElements(_ x: Tensor, axis: Int, at indices: Tensor, into y: Tensor)
    /// `y[indices[i, j], j]` becomes, or takes in, `x[i, j]` for axis 0 with a contiguous `x`, in the order of the elements.
    func scatterElements(_ function: ScatterFunction, _ x: Tensor, axis: Int, at indices: Tensor, into y: Tensor)
    /// A row for each label: 1 at its index, 0 elsewhere.
    func oneHot(_ labels: Tensor, into y: Tensor)
    /// The first place of an index that is neither in `0..<limit` nor `ignored`, and how many are `ignored`.
    func check(_ indices: Tensor, below limit: Int, ignoring: Int64?) -> (wrong: Int?, ignored: Int)
    /// How many elements of the contiguous `x` are not 0, for each of its pieces, and where these are, in rising order.
    func nonZeroCounts(_ x: Tensor) -> [Int]
    func nonZeroPlaces(_ x: Tensor, counts: [Int], into y: Tensor)

    // MARK: Random numbers. An element depends on the generator's state and its place alone.

    func fill(_ y: Tensor, _ distribution: Distribution, _ state: Generator.State)
    /// `x * scale` for the elements that are kept with a probability, 0 for the others. `x` is contiguous.
    func dropout(_ x: Tensor, keeping probability: Double, scale: Double, _ state: Generator.State, into y: Tensor)
    /// The integers 0, 1, ... of the `int64` vector `y` in random order.
    func shuffle(_ y: Tensor, _ state: Generator.State)

    // MARK: Updates of a parameter in place. All tensors are contiguous, and of one shape and type.

    /// By a kernel: at once, or where ``WaitingUpdates`` say so, later.
    func update(_ update: KernelUpdate)
    /// Calls `update` for pieces of the gradient and of contiguous tensors of its shape, on several threads, and writes what
    /// becomes of them in their place. A piece has one axis. Tensors of another shape are given to each piece, and what
    /// becomes of them must be the same in all. Tensors that fit into one piece are given as they are.
    func updateInPieces(
        _ tensors: inout [Tensor], gradient: Tensor, _ update: (_ tensors: inout [Tensor], _ gradient: Tensor) -> Void)

    // MARK: Images. All tensors are contiguous.

    /// Sums along the last two axes of `x` by tables; an axis without one stays as it is.
    func resample(_ x: Tensor, rows: AxisTaps?, columns: AxisTaps?, into y: Tensor)
    /// Points `y` [N, C, P] as sums of pixels of `x` [N, C, S] with weights: `y[n, c, p] = sum over k of weights[n, k, p] *
    /// x[n, c, places[n, k, p]]`, where a place, an `int32`, is negative for a pixel that counts as 0. No halves.
    func gatherPoints(_ x: Tensor, at places: Tensor, _ weights: Tensor, into y: Tensor)
    /// The derivatives of that with respect to `x` and to the weights.
    func scatterPoints(_ y: Tensor, at places: Tensor, _ weights: Tensor, into x: Tensor)
    func pointProducts(_ x: Tensor, _ y: Tensor, at places: Tensor, into weights: Tensor)

    // MARK: Linear algebra, of float32 and float64. Matrices lie in the last two axes. All tensors are contiguous, of one
    // type unless it says otherwise, and have the same leading axes.

    /// The lower factor in place of a matrix whose lower triangle is read, zeros above; `info` gets, as `int64`, the order of
    /// the first leading minor that is not positive, or 0.
    func cholesky(_ a: Tensor, info: Tensor)
    /// L and U in place; `permutation`, an `int64`, says where each row was, `signs` are its determinants, and `info`, an
    /// `int64`, is the number of the first pivot that is 0, or 0.
    func lu(_ a: Tensor, permutation: Tensor, signs: Tensor, info: Tensor)
    /// L of L D L^T with row exchanges in place of a symmetric matrix whose lower triangle is read, D's diagonal, what stands below
    /// it (0 at the end), where each row was, and the number of the first pivot that is 0, or 0; the last two `int64`.
    func ldl(_ a: Tensor, diagonal: Tensor, below: Tensor, permutation: Tensor, info: Tensor)
    /// `x = t^-1 x` in place, or `x t^-1`. `t` may have any strides.
    func solveTriangular(_ t: Tensor, isUpper: Bool, isUnit: Bool, fromRight: Bool, into x: Tensor)
    /// `x = a^-1 x` in place, or `a^-T x`, with what `lu` gives.
    func solveLU(_ lu: Tensor, permutation: Tensor, transposed: Bool, into x: Tensor)
    /// As many columns of Q, and rows of R, as these have.
    func qr(_ a: Tensor, into q: Tensor, _ r: Tensor)
    /// Of matrices whose lower triangle is read: eigenvalues in rising order, and eigenvectors as columns. `a` is lost.
    func symmetricEigen(_ a: Tensor, into values: Tensor, vectors: Tensor?)
    /// Singular values in falling order, as many columns of U as it has, and rows of V^T. `a` is lost.
    func svd(_ a: Tensor, into values: Tensor, u: Tensor?, v: Tensor?)

    // MARK: Order. Of the rows of the last axis, whose length 32 bits hold, unless there is an axis. All are contiguous.

    /// The indices that sort each row; equal elements keep their order, NaN is the largest.
    func sortedOrder(_ x: Tensor, descending: Bool, into y: Tensor)
    /// The first of these indices, as many as `y` has columns.
    func firstInOrder(_ x: Tensor, descending: Bool, into y: Tensor)
    /// The indices at some places of the rising order of each row.
    func someInOrder(_ x: Tensor, at places: Tensor, into y: Tensor)
    /// The largest or smallest element up to each one, and the index of the last such; a NaN wins.
    func runningExtreme(_ function: ReductionFunction, _ x: Tensor, into values: Tensor, indices: Tensor)
    /// How many elements of a rising sequence are less than each of `x`, or, to the right, not larger: of one sequence for all,
    /// or one for each row.
    func search(_ sequences: Tensor, for x: Tensor, right: Bool, into y: Tensor)
    /// How many of `x` lie between neighbours of the rising `edges`, of their type: see ``histogram(_:edges:weights:density:)``.
    func histogram(_ x: Tensor, edges: Tensor, into counts: Tensor)
    /// `y[i] = a[i] y[i - 1] + b[i]` along an axis, or without `b` the running products of `a`; of `float32`, `float64`,
    /// `int64` and `uint64`.
    func recurrence(_ a: Tensor, _ b: Tensor?, axis: Int, into y: Tensor)
    /// Random numbers of `float64`, with parameters for each element: how many numbers it takes is its own affair, from a
    /// block of its own.
    func sample(
        _ distribution: SampledDistribution, _ parameters: [Tensor], _ state: Generator.State, into y: Tensor)

    // MARK: More elements, as at the top.

    /// A function of integers alone, and of `bool` if it is logic.
    func integer(_ function: IntegerFunction, _ a: Tensor, _ b: Tensor, into y: Tensor)
    /// `g` where `low < x < high` or `x` is NaN, 0 elsewhere.
    func clampBackward(_ g: Tensor, _ x: Tensor, _ low: Double, _ high: Double, into y: Tensor)

    // MARK: Rows that are normalized. All tensors are contiguous; what is a row's or a channel's is of the accumulator's type.

    /// `(x - mean) / sqrt(variance + epsilon) * weight + bias` with the mean and the biased variance of each row; or with 0 and
    /// the mean of the squares, and `mean` is left as it is.
    func normalizeRows(
        _ x: Tensor, _ rows: NormalizedRows, weight: Tensor?, bias: Tensor?, into y: Tensor, mean: Tensor,
        variance: Tensor)
    /// The gradients of the input, unless absent, and of weight and bias, unless absent.
    func normalizeRowsBackward(
        _ x: Tensor, _ g: Tensor, _ rows: NormalizedRows, mean: Tensor, variance: Tensor, weight: Tensor?,
        into dx: Tensor?, parameters: (weight: Tensor, bias: Tensor)?)

    // MARK: Attention in blocks, of `float32` or `float64`.

    /// The values by their weights, and the log-sum-exp of each query's scores (0 where it sees nothing); and all weights
    /// [..., H, L, S] before dropout, unless absent. Rows of `y` are contiguous, the other results altogether.
    func attend(_ attention: BlockedAttention, into y: Tensor, logs: Tensor, weights: Tensor?)
    /// The gradients of queries, keys and values, which are zeros; rows of these, `y` and `g` are contiguous. Weights that
    /// were kept are not computed again.
    func attendBackward(
        _ attention: BlockedAttention, _ y: Tensor, logs: Tensor, weights: Tensor?, _ g: Tensor, into dQuery: Tensor,
        _ dKey: Tensor, _ dValue: Tensor)
}

/// Where memory is and operations are computed.
public enum Device: Sendable, Hashable {
    /// The processor's cores.
    case cpu
}

extension Tensor {
    /// Where the elements are.
    public var device: Device { impl.memory.device }

    /// What computes where the elements are. There is one device yet, so calls are direct.
    @inline(__always)
    var backend: some Backend { CPU() }
}

/// Which of the two passes that correlate a tensor with weights.
enum CorrelationPass {
    case forward, inputGradient
}

/// The sizes of a convolution of volumes; images have one plane, sequences one row. Channels are counted in one group.
struct ConvolutionGeometry: Sendable, Equatable {
    var images: Int
    var groups: Int
    var inChannels: Int
    var outChannels: Int
    var planes: WindowAxis
    var rows: WindowAxis
    var columns: WindowAxis
}

/// The windows of a two-dimensional pooling: laid out by two axes, or so many that share out the input.
struct PoolingWindows: Sendable {
    var inSize: Size2d
    var outSize: Size2d
    /// `nil` if adaptive: window `i` of `n` along an axis of size `s` covers `floor(i * s / n)..<ceil((i + 1) * s / n)`.
    var layout: (rows: WindowAxis, columns: WindowAxis)?
    /// Whether a mean counts the padding's zeros.
    var countsPadding = false
    /// What a sum is divided by instead of the number of values; 0 if there is no such number.
    var divisor = 0
}

/// How the outputs along an axis are made of its inputs: output `i` is the sum over `k < counts[i]` of
/// `weights[i * taps + k] * x[firsts[i] + k]`. Each has one input at least, and neither `firsts` nor `firsts + counts` fall.
struct AxisTaps: Sendable {
    let input: Int
    let taps: Int
    var firsts: [Int32] = []
    var counts: [Int32] = []
    var weights: [Double] = []

    var output: Int { firsts.count }
}

/// How rows of contiguous values are normalized: each has `segments` times `span` values, and a weight and a bias for each
/// segment. Rows take those of the groups in turn.
struct NormalizedRows: Sendable {
    var count: Int
    var groups = 1
    var segments: Int
    var span = 1
    /// Whether the mean is subtracted.
    var centers = true
    var epsilon: Double

    var columns: Int { segments * span }
    var channels: Int { groups * segments }
}

/// The operands of attention. Queries are [..., H, L, E], keys [..., H / n, S, E], values [..., H / n, S, V]; the axes before
/// H are the same.
struct BlockedAttention {
    var query: Tensor
    var key: Tensor
    var value: Tensor
    /// Of `bool` or the queries' type; broadcast to [..., H, L, S], but that its last axis is contiguous.
    var mask: Tensor?
    /// Whether query `i` sees keys 0...i alone.
    var isCausal: Bool
    var scale: Double
    /// The chance of a weight to be kept, and where the random numbers of all [..., H, L, S] begin.
    var dropout: (keeping: Double, state: Generator.State)?
}

/// What random numbers are drawn from.
enum Distribution {
    case uniform(low: Double, high: Double)
    case normal(mean: Double, deviation: Double)
    /// The values of `uniform(0, 1)` at which a distribution function has them: quantiles.
    case truncatedNormal(TruncatedNormalDistribution, mean: Double, deviation: Double)
    /// `true` with a probability.
    case bernoulli(Double)
    /// `count` integers from `low` on.
    case integers(low: Int64, count: UInt64)

    /// What tells it from others of its name.
    var attributes: OperationAttributes {
        switch self {
        case .uniform(let low, let high): ["low": low, "high": high]
        case .normal(let mean, let deviation), .truncatedNormal(_, let mean, let deviation):
            ["mean": mean, "standardDeviation": deviation]
        case .bernoulli(let probability): ["probability": probability]
        case .integers(let low, let count): ["low": Int(low), "count": Int(clamping: count)]
        }
    }

    /// How many 32-bit numbers an element takes from the stream.
    func words(of type: DType) -> Int {
        switch self {
        case .uniform, .normal: type == .float64 ? 2 : 1
        case .truncatedNormal, .integers: 2
        case .bernoulli: 1
        }
    }
}

/// What is drawn by rejection, with parameters for each element.
enum SampledDistribution {
    /// The logarithms of gamma numbers, by their shapes.
    case logGamma
    /// By their means.
    case poisson
    /// By the numbers of trials and the probabilities.
    case binomial
}
