import TernCore

/// The product of numbers that a file states: nil if it does not fit.
func checkedProduct(_ numbers: some Sequence<Int>) -> Int? {
    var product = 1
    for number in numbers {
        let (value, isTooLarge) = product.multipliedReportingOverflow(by: number)
        if isTooLarge { return nil }
        product = value
    }
    return product
}

/// The shape of a tensor with these sizes: nil if there are too many, or if even with no element, because a size is 0,
/// the strides would not fit.
func checkedShape(_ sizes: [Int]) -> Shape? {
    let canBeTensor = sizes.count <= Shape.maximumRank && checkedProduct(sizes.map { max($0, 1) }) != nil
    return canBeTensor ? Shape(sizes) : nil
}
