import TernCore
import TernNN

/// Gradients that travel together: parts of a flat tensor, each with a flag that says whether there was a gradient at all.
///
/// ```
/// | gradient | gradient | ... | flag | flag | ... | extras |
/// ```
final class GradientBucket {
    /// The numbers of the parameters.
    let parameters: [Int]
    /// Where their gradients are.
    private(set) var places: [Int: Range<Int>] = [:]
    private let flags: [Int: Int]
    /// Numbers that travel along; of the last bucket.
    let extras: Range<Int>
    let count: Int
    /// Of the elements: halves travel as `float32`, so that they are rounded once.
    let dtype: DType

    /// Parameters whose gradients are not here yet.
    private(set) var missing: Int
    /// One for each branch of the tree that this rank has.
    private var parts: [Incoming] = []
    private(set) var job: MPIJob?
    private var result: Incoming?

    init(_ parameters: [Int], sizes: [Int], dtype: DType, extras extraCount: Int) {
        self.parameters = parameters
        self.dtype = dtype
        var end = 0
        for parameter in parameters {
            places[parameter] = end..<(end + sizes[parameter])
            end += sizes[parameter]
        }
        let flagStart = end
        flags = Dictionary(uniqueKeysWithValues: parameters.enumerated().map { ($1, flagStart + $0) })
        end += parameters.count
        extras = end..<(end + extraCount)
        count = end + extraCount
        missing = parameters.count
    }

    /// Before a step.
    func begin(branches: Int) {
        missing = parameters.count
        parts = (0..<branches).map { _ in Incoming([count], dtype) }
        (job, result) = (nil, nil)
    }

    /// Puts in the sums of a parameter's gradient over this rank's branches; `nil` where there is none.
    func put(_ gradients: [Tensor?], of parameter: Int) {
        for (part, gradient) in zip(parts, gradients) {
            let place = places[parameter]!
            if let gradient {
                part.copy(withoutGradients { gradient.converted(to: dtype) }, to: place)
            } else {
                part.bytes(of: place).initializeMemory(as: UInt8.self, repeating: 0)
            }
            set(flags[parameter]!, gradient == nil ? 0 : 1, in: part)
        }
        missing -= 1
    }

    /// The extras of a branch.
    func put(extras values: [Double], branch: Int) {
        for (place, value) in zip(extras, values) { set(place, value, in: parts[branch]) }
    }

    private func set(_ place: Int, _ value: Double, in part: Incoming) {
        if dtype == .float64 {
            part.bytes.storeBytes(of: value, toByteOffset: 8 * place, as: Double.self)
        } else {
            part.bytes.storeBytes(of: Float(value), toByteOffset: 4 * place, as: Float.self)
        }
    }

    private func get(_ place: Int) -> Double {
        let bytes = result!.bytes
        return dtype == .float64
            ? bytes.load(fromByteOffset: 8 * place, as: Double.self)
            : Double(bytes.load(fromByteOffset: 4 * place, as: Float.self))
    }

    /// Sends what is here.
    func launch(_ communicator: Communicator, _ tree: FixedTree, present: Int, reproducible: Bool) {
        defer { parts = [] }
        if communicator.isAlone {
            result = parts[0]
            return
        }
        let operation = "gradients (\(count) elements of \(dtype))"
        if reproducible {
            let fold = FixedReduction(
                parts.map(\.tensor), of: (count, dtype), tree: tree, present: present, among: communicator)
            result = fold.result
            job = communicator.begin(operation, fold.stages)
        } else {
            let own = parts.first ?? Incoming([count], dtype)
            if parts.isEmpty { own.bytes.initializeMemory(as: UInt8.self, repeating: 0) }
            result = own
            job = communicator.begin(
                operation,
                [
                    { transfers in
                        transfers.keep(own)
                        try transfers.allReduceSum(own.bytes, of: own.tensor.dtype)
                    }
                ])
        }
    }

    /// After the job: the gradient of a parameter, `nil` if no rank has one.
    func gradient(of parameter: Int, shape: Shape) -> Tensor? {
        if get(flags[parameter]!) == 0 { return nil }
        return withoutGradients { result!.tensor[places[parameter]!].reshaped(shape) }
    }

    var extraValues: [Double] { extras.map(get) }
}
