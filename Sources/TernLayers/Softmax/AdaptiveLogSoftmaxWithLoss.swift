import TernCore
import TernNN

/// The softmax over very many classes, of which the rare ones are grouped: the *head* has the frequent classes and one entry for
/// each group, and the *tail* of a group, which is computed only for examples in it, its classes. Grave et al., "Efficient
/// softmax approximation for GPUs", 2017. PyTorch's `AdaptiveLogSoftmaxWithLoss`.
///
/// ```swift
/// let softmax = AdaptiveLogSoftmaxWithLoss(64, 1000, cutoffs: [20, 200])
/// let (output, loss) = softmax((Tensor.zeros([8, 64]), Tensor.zeros([8], dtype: .int64)))
/// softmax.logProbabilities(Tensor.zeros([8, 64])).shape   // [8, 1000]
/// ```
///
/// With the class `y` in the head: `log p(y) = logSoftmax(head x)[y]`; in group `i`, which is entry `g` of the head:
/// `logSoftmax(head x)[g] + logSoftmax(tail_i x)[y - cutoff_i]`. Classes are sorted by how frequent they are, the most frequent
/// first. Group `i` (from 0) projects the features to `in / divisor^(i + 1)` ones first.
///
/// Shapes, with `N` batch: x [N, in] or [in], labels [N] or [] -> the log-probabilities of the labels [N] or [], and the loss,
/// the negative of their mean.
public final class AdaptiveLogSoftmaxWithLoss: Module {
    /// Scores of the frequent classes, and of each group of the others.
    public let head: Linear
    /// For each group the projection and its classes.
    public let tail: [Sequential]
    /// The first class of each group.
    public let cutoffs: [Int]
    /// The number of classes, the frequent ones first.
    public let classes: Int
    private let divisor: Double

    /// - Parameters:
    ///   - inFeatures: of the input.
    ///   - classes: the number of classes, the frequent ones first.
    ///   - cutoffs: rising, in 1..<classes.
    ///   - divisor: by which each group has fewer features than the one before; PyTorch's `div_value`.
    ///   - headBias: whether the head has a bias.
    public init(
        _ inFeatures: Int, _ classes: Int, cutoffs: [Int], divisor: Double = 4, headBias: Bool = false
    ) {
        if let complaint = Self.complaint(inFeatures, classes, cutoffs, divisor) {
            mistake("AdaptiveLogSoftmaxWithLoss", complaint)
        }
        (self.cutoffs, self.classes, self.divisor) = (cutoffs, classes, divisor)
        head = Linear(inFeatures, cutoffs[0] + cutoffs.count, bias: headBias)
        let ends = cutoffs.dropFirst() + [classes]
        var (groups, size) = ([Sequential](), Double(inFeatures))
        for (start, end) in zip(cutoffs, ends) {
            size /= divisor
            groups.append(
                Sequential(Linear(inFeatures, Int(size), bias: false), Linear(Int(size), end - start, bias: false)))
        }
        tail = groups
    }

    /// What is wrong with the settings.
    private static func complaint(
        _ inFeatures: Int, _ classes: Int, _ cutoffs: [Int], _ divisor: Double
    ) -> String? {
        if inFeatures < 1 { return "inFeatures must be positive, got \(inFeatures)" }
        let rises = zip(cutoffs, cutoffs.dropFirst()).allSatisfy { $0 < $1 }
        if cutoffs.isEmpty || !rises || cutoffs.first! < 1 || cutoffs.last! >= classes {
            return "expects rising cutoffs in 1..<\(classes), got \(cutoffs)"
        }
        if !(divisor > 0) { return "divisor must be positive, got \(divisor)" }
        let last = cutoffs.reduce(Double(inFeatures)) { size, _ in size / divisor }
        if !(1...Double(Int32.max)).contains(last) {
            return "expects \(inFeatures) features to last for \(cutoffs.count) groups, each \(divisor) times fewer"
        }
        return nil
    }

    public func forward(_ input: (Tensor, Tensor)) -> (output: Tensor, loss: Tensor) {
        let (x, labels) = input
        if !(1...2).contains(x.rank) || !labels.dtype.isInteger || labels.shape != Shape(x.shape.dropLast()) {
            mistake(
                "AdaptiveLogSoftmaxWithLoss",
                "expects an input of shape [N, in] and integer labels of shape [N], got \(x.shape) and \(labels.dtype) "
                    + "\(labels.shape)\(labels.dtype.integerHint)")
        }
        if x.rank == 1 {
            let (output, loss) = forward((x.unsqueezed(axes: 0), labels.unsqueezed(axes: 0)))
            return (output.squeezed(axes: 0), loss)
        }
        let rows = labels.converted(to: .int64).contiguous()
        if let wrong = rows.checkLabels(below: classes, ignoring: .min).wrong {
            let label = rows.array(of: Int.self)[wrong]
            mistake("AdaptiveLogSoftmaxWithLoss", "expects labels in 0..<\(classes), got \(label) at row \(wrong)")
        }
        var (entries, output) = (rows, Tensor.zeros(rows.shape, dtype: x.dtype))
        for (group, (start, end)) in zip(cutoffs, cutoffs.dropFirst() + [classes]).enumerated() {
            let isInside = rows.greaterOrEqual(start).logicalAnd(rows.less(than: end))
            let places = which(isInside)[0]
            if places.count == 0 { continue }
            entries = which(isInside, cutoffs[0] + group, entries)
            let own = (rows.selected(places) - start).unsqueezed(axes: 1)
            let inGroup = logSoftmax(tail[group](x.selected(places))).gathered(own, axis: 1).squeezed(axes: 1)
            output = output.converted(to: inGroup.dtype).indexAdded(inGroup, at: places)
        }
        output = output + logSoftmax(head(x)).gathered(entries.unsqueezed(axes: 1), axis: 1).squeezed(axes: 1)
        return (output, -output.mean())
    }

    /// The log-probabilities of all classes: [..., in] -> [..., classes]. PyTorch's `log_prob`.
    public func logProbabilities(_ x: Tensor) -> Tensor {
        let inHead = logSoftmax(head(x))
        let parts = tail.enumerated().map { group, layer in
            logSoftmax(layer(x)) + inHead[..., .range(from: cutoffs[0] + group, to: cutoffs[0] + group + 1)]
        }
        return concatenated([inHead[..., .range(to: cutoffs[0])]] + parts, axis: -1)
    }

    /// The most probable class: [N, in] -> [N], or [in] -> []. Groups are only looked into where one of them is more probable
    /// than each class of the head. PyTorch's `predict`.
    public func predictions(_ x: Tensor) -> Tensor {
        if x.rank == 1 { return predictions(x.unsqueezed(axes: 0)).squeezed(axes: 0) }
        let best = head(x).argmax(axis: -1)
        let places = which(best.greaterOrEqual(cutoffs[0]))[0]
        if places.count == 0 { return best }
        let others = logProbabilities(x.selected(places)).argmax(axis: -1)
        return best.indexCopied(others, at: places)
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("head", head)
        visitor.visit("tail", tail)
    }

    public var settingsDescription: String {
        "in_features=\(sizeName(head.inFeatures)), n_classes=\(classes), cutoffs=\(cutoffs), div_value=\(divisor)"
    }
}

extension AdaptiveLogSoftmaxWithLoss: RebuildableModule {
    public static let blueprint = Blueprint<AdaptiveLogSoftmaxWithLoss>(
        "[N, in], [N] labels -> [N], []", .init("in_features", \.head.inFeatures, in: .sizes),
        .init("n_classes", \.classes, in: .sizes), .init("cutoffs", \.cutoffs, in: .sizes),
        .init("div_value", \.divisor), .init("head_bias", \.head.bias.isPresent),
        make: { inFeatures, classes, cutoffs, divisor, headBias in
            if let complaint = complaint(inFeatures, classes, cutoffs, divisor) { throw ConfigurationError(complaint) }
            return AdaptiveLogSoftmaxWithLoss(
                inFeatures, classes, cutoffs: cutoffs, divisor: divisor, headBias: headBias)
        })
}
