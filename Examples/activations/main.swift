import Foundation
import Tern

/// Draws activations and their derivatives, which autograd computes.
func drawActivations() throws {
    let arguments = Arguments("activations", "Draws ReLU, LeakyReLU, sigmoid and softmax.")
    let folder = arguments.string("pictures", "DIR", "folder to write the pictures to") ?? "."
    arguments.finish()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)

    let x = Tensor.linspace(-5, 5, count: 201)
    let functions: [(name: String, function: (Tensor) -> Tensor)] = [
        ("ReLU", { relu($0) }), ("LeakyReLU", { leakyRelu($0, slope: 0.1) }), ("sigmoid", { sigmoid($0) }),
    ]
    var chart = Chart(title: "Activations", xLabel: "x", yRange: -0.6...2)
    var slopes = Chart(title: "Their derivatives", xLabel: "x")
    for (name, function) in functions {
        let variable = Variable(x)
        let y = function(variable.value)
        y.sum().backward()
        chart.marks.append(.line(Line(x, y, name: name)))
        slopes.marks.append(.line(Line(x, variable.gradient!, name: name)))
    }
    // Of three scores, one of which moves, the probabilities.
    let scores = concatenated([x.reshaped([-1, 1]), Tensor.zeros([x.count, 1]), Tensor.ones([x.count, 1])], axis: 1)
    let probabilities = softmax(scores)
    let softmaxChart = Chart(title: "Softmax of the scores x, 0 and 1", xLabel: "x", yLabel: "probability") {
        for (index, name) in ["x", "0", "1"].enumerated() { Line(x, probabilities[.all, index], name: name) }
    }
    for (name, chart) in [("activations", chart), ("derivatives", slopes), ("softmax", softmaxChart)] {
        print(chart.text())
        try chart.write(to: "\(folder)/\(name).svg")
        print("picture: \(folder)/\(name).svg")
    }
}

runProgram("activations") { try drawActivations() }
