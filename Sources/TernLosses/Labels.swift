import TernCore

/// Labels of examples with `classes` classes in one row, and the sum of the weights of those that count. Stops at a label
/// that is no class.
///
/// - Parameter weight: [C], a factor for each class.
func checkedLabels(
    _ given: Tensor, classes: Int, ignoring ignored: Int, weight: Tensor?, weighting: LossWeighting, dtype: DType,
    _ operation: String
) -> (RowLabels, totalWeight: Double) {
    var labels = given.converted(to: .int64)
    // What does not count has the ignored label.
    if let isCounted = weighting.isCounted { labels = which(isCounted, labels, ignored) }
    labels = labels.contiguous()
    let (wrong, ignoredCount) = labels.checkLabels(below: classes, ignoring: Int64(ignored))
    let counted = labels.count - ignoredCount
    if let wrong {
        let place = given.rank == 1 ? "row \(wrong)" : "element \(wrong) of \(given.shape)"
        let label = labels.array(of: Int.self)[wrong]
        mistake(operation, "expects labels in 0..<\(classes), got \(label) at \(place)")
    }
    var weights: Tensor?
    var totalWeight = Double(counted)
    let samples = weighting.factors(.float64)?.expanded(to: given.shape).array(of: Double.self)
    if weight != nil || samples != nil {
        let ofClasses = weight?.array(of: Double.self)
        let values = labels.array(of: Int64.self).enumerated().map { index, label in
            label == ignored ? 0 : (ofClasses?[Int(label)] ?? 1) * (samples?[index] ?? 1)
        }
        weights = Tensor(values, dtype: dtype)
        totalWeight = values.reduce(0, +)
    }
    let rows = RowLabels(
        labels: labels.reshaped([labels.count]), ignored: Int64(ignored), ignoresSome: counted < labels.count,
        weights: weights)
    return (rows, totalWeight)
}

/// Rows of `classes` numbers along an axis, and how the losses of rows count: those with the ignored label do not.
struct LabeledRows {
    let axis: Int
    let classes: Int
    /// Of `int64`, each a class.
    let labels: Tensor
    let weighting: LossWeighting

    /// - Parameter labels: integers, of the shape of `x` without the axis.
    init(
        _ x: Tensor, _ labels: Tensor, axis given: Int, ignoring ignored: Int?, _ sampleWeight: Tensor?,
        _ mask: Tensor?, _ operation: String
    ) {
        axis = checkedClassAxis(given, x, operation)
        classes = x.shape[axis]
        var rows = x.shape
        rows.remove(at: axis)
        if !labels.dtype.isInteger || labels.shape != rows {
            mistake(
                operation,
                "expects integer labels of shape \(rows), got \(labels.dtype) \(labels.shape) (prediction \(x.shape))"
                    + labels.dtype.integerHint)
        }
        let given = LossWeighting(sampleWeight, mask, of: rows, operation)
        weighting = ignored.map { given.only(where: labels.converted(to: .int64).notEqual(to: $0)) } ?? given
        self.labels = weighting.kept(labels.converted(to: .int64)).contiguous()
        if let wrong = self.labels.checkLabels(below: classes, ignoring: .min).wrong {
            let label = self.labels.array(of: Int.self)[wrong]
            let place = rows.count == 1 ? "row \(wrong)" : "element \(wrong) of \(rows)"
            mistake(operation, "expects labels in 0..<\(classes), got \(label) at \(place)")
        }
    }

    /// The element of each row at its label.
    func chosen(_ x: Tensor) -> Tensor {
        x.gathered(labels.unsqueezed(axes: axis), axis: axis).squeezed(axes: axis)
    }

    /// The factor of each row's class.
    func factors(_ weight: Tensor, _ operation: String) -> Tensor {
        checkClassWeight(weight, classes, operation)
        return weight.detached.selected(labels.reshaped([labels.count])).reshaped(labels.shape)
    }
}

/// The axis of the classes, counted from the start.
func checkedClassAxis(_ axis: Int, _ x: Tensor, _ operation: String) -> Int {
    if !(-x.rank..<x.rank).contains(axis) {
        mistake(operation, "axis \(axis) is out of range for shape \(x.shape)")
    }
    return axis < 0 ? axis + x.rank : axis
}

func checkClassWeight(_ weight: Tensor?, _ classes: Int, _ operation: String) {
    if let weight, weight.shape != [classes] {
        mistake(operation, "expects a weight of shape [\(classes)], one for each class, got \(weight.shape)")
    }
}
