import TernCore

/// Labels of examples with `classes` classes in one row, and the sum of the weights of those that are not ignored. Stops
/// at a label that is no class.
///
/// - Parameter weight: [C], a factor for each class.
func checkedLabels(
    _ given: Tensor, classes: Int, ignoring ignored: Int, weight: Tensor?, dtype: DType, _ operation: String
) -> (RowLabels, totalWeight: Double) {
    let labels = given.converted(to: .int64).contiguous()
    let (wrong, ignoredCount) = labels.checkLabels(below: classes, ignoring: Int64(ignored))
    let counted = labels.count - ignoredCount
    if let wrong {
        let place = given.rank == 1 ? "row \(wrong)" : "element \(wrong) of \(given.shape)"
        let label = labels.array(of: Int.self)[wrong]
        mistake(operation, "expects labels in 0..<\(classes), got \(label) at \(place)")
    }
    var weights: Tensor?
    var totalWeight = Double(counted)
    if let weight {
        let ofClasses = weight.array(of: Double.self)
        let values = labels.array(of: Int64.self).map { $0 == ignored ? 0 : ofClasses[Int($0)] }
        weights = Tensor(values, dtype: dtype)
        totalWeight = values.reduce(0, +)
    }
    let rows = RowLabels(
        labels: labels.reshaped([labels.count]), ignored: Int64(ignored), ignoresSome: counted < labels.count,
        weights: weights)
    return (rows, totalWeight)
}
