import TernCore

let lossOperators: [ONNXOperator] = [
    op("NegativeLogLikelihoodLoss", 2...3) { call in
        try likelihoodLoss(call, try call.floating(0), try call.integer(1), try call.optionalTensor(2))
    },
    ops("SoftmaxCrossEntropyLoss", 2...3) { call in
        let x = try call.floating(0)
        try call.expect(x.rank >= 2, "expects [N, C, ...], got \(x.shape)")
        let logarithms = logSoftmax(x, axis: 1)
        let loss = try likelihoodLoss(call, logarithms, try call.integer(1), try call.optionalTensor(2))
        return .tensors(loss, logarithms)
    },
]

private func likelihoodLoss(_ call: ONNXCall, _ x: Tensor, _ labels: Tensor, _ weight: Tensor?) throws -> Tensor {
    try call.expect(
        x.rank >= 2 && labels.shape == Shape([x.shape[0]] + x.shape.dropFirst(2)),
        "has labels \(labels.shape) for \(x.shape)")
    let classes = x.shape[1]
    let wide = labels.converted(to: .int64)
    var isIgnored: Tensor?
    if call.attribute("ignore_index") != nil { isIgnored = wide.equal(to: try call.integer("ignore_index")) }
    let known = isIgnored.map { which($0, 0, wide) } ?? wide
    let places = try positive(call, known, below: classes)
    var weights = Tensor.ones(labels.shape, dtype: x.dtype)
    if let weight {
        try call.expect(weight.shape == [classes] && weight.dtype == x.dtype, "has weights \(weight.shape)")
        weights = labels.count == 0 ? weights : weight.selected(places, axis: 0)
    }
    if let isIgnored { weights = which(isIgnored, 0.0, weights) }
    let chosen = x.gathered(places.unsqueezed(axes: 1), axis: 1).squeezed(axes: 1)
    let losses = -chosen * weights
    switch try call.text("reduction", default: "mean") {
    case "none": return losses
    case "sum": return losses.sum()
    case "mean": return losses.sum() / weights.sum()
    case let other: throw Refusal("has the reduction \(excerpt(other))")
    }
}
