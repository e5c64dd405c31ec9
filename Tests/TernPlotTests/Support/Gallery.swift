import Foundation
import TernCore

@testable import TernPlot

/// Pictures of all kinds, with ordinary and with extreme contents.
enum Gallery {
    static let steps = Array(stride(from: 0, through: 2000, by: 200))
    static let losses = [2.31, 0.8, 0.5, 0.41, 0.3, 0.28, 0.2, 0.19, 0.15, 0.16, 0.12]
    static let animals = [
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
    ]

    /// Numbers from -1 to 1 that look random.
    static func noise(_ count: Int, _ seed: UInt64 = 1) -> [Double] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(1 << 52) - 1
        }
    }

    static func counts(_ classes: Int) -> Tensor {
        Tensor(
            shape: [classes, classes],
            values: (0..<classes * classes).map { index in
                index / classes == index % classes ? 80 + index % 7 : index % 5 == 0 ? index % 4 : 0
            })
    }

    static let pictures: [(name: String, plot: any Plot)] = [
        (
            "loss",
            Chart(title: "Training loss", xLabel: "step", yLabel: "loss") {
                Line(steps, losses, name: "train", marker: .circle)
            }
        ),
        (
            "eight",
            Chart(title: "Eight", xLabel: "x", yLabel: "y") {
                for k in 1...8 { Line(noise(30, UInt64(k)), name: "series number \(k)", marker: .allCases[k % 5]) }
            }
        ),
        (
            "log",
            Chart(title: "Log", xLabel: "step", yLabel: "loss", xScale: .logarithmic, yScale: .logarithmic) {
                Line([0.001, 0.1, 1, 100], [1, 0, 1e-5, 1e-9], name: "log", smoothing: 0.5)
            }
        ),
        (
            "activations",
            Chart(title: "Activations", xLabel: "x", yRange: -1...2) {
                Line(Tensor.linspace(-4, 4, count: 41), relu(Tensor.linspace(-4, 4, count: 41)), name: "ReLU")
                Line(Tensor.linspace(-4, 4, count: 41), sigmoid(Tensor.linspace(-4, 4, count: 41)), isDashed: true)
            }
        ),
        (
            "bars",
            Chart(title: "Time", yLabel: "ms") {
                Bars(["lenet", "mlp", "cnn"], [0.7, 0.84, 8], name: "Tern")
                Bars(["lenet", "mlp", "cnn"], [2.7, 2.2, 18], name: "another")
            }
        ),
        ("names", Chart(title: "Recall", yLabel: "recall") { Bars(animals, (1...10).map { Double($0) / 11 }) }),
        (
            "negative",
            Chart(title: "Changes") {
                Bars(["a rather long name of a layer", "äöü", "层归一化", "d"], [12, -7.5, 0, .nan])
            }
        ),
        ("many bars", Chart { Bars((0..<100).map { "class \($0)" }, noise(100)) }),
        (
            "scatter",
            Chart(title: "Points", xLabel: "x", yLabel: "y") {
                Points(noise(50, 2), noise(50, 3), name: "a")
                Points(noise(50, 4), noise(50, 5), name: "b")
            }
        ),
        ("many points", Chart { Points(noise(3000, 2), noise(3000, 3)) }),
        (
            "histogram",
            Chart(title: "Weights", xLabel: "value", yLabel: "count") {
                Histogram(noise(500), name: "before")
                Histogram(noise(500, 9).map { $0 * $0 }, name: "after")
            }
        ),
        ("one point", Chart(title: "One", xLabel: "x", yLabel: "y") { Line([3], [0.5], marker: .square) }),
        ("constant", Chart(xLabel: "x", yLabel: "y") { Line([7, 7, 7]) }),
        ("tiny", Chart(xLabel: "x", yLabel: "y") { Line([1e-12, 3e-12, -1e-12]) }),
        ("huge", Chart(xLabel: "x", yLabel: "y") { Line([1e12, 5e12], [-1e12, 3e12]) }),
        ("offset", Chart(xLabel: "x", yLabel: "y") { Line([1e12, 1e12 + 1, 1e12 + 2.5]) }),
        ("limits", Chart { Line([-1.7e308, 1.7e308, 0, 1, -1e299, 1e299, .infinity, .nan]) }),
        ("empty", Chart(title: "Empty", xLabel: "x", yLabel: "y") { Line([Double](), name: "nothing") }),
        ("no marks", Chart()),
        (
            "long",
            Chart(
                title: String(repeating: "a title that is far too long ", count: 9),
                xLabel: String(repeating: "a label that is far too long ", count: 9),
                yLabel: String(repeating: "a label that is far too long ", count: 9)
            ) {
                Line([1, 2], name: String(repeating: "a name that is far too long ", count: 9))
                Line([2, 1], name: "名前 <b>&amp;\"'")
            }
        ),
        ("small", Chart(title: "Small", width: 160, height: 120) { Line([1, 2, 1]) }),
        ("many names", Chart(title: "Many names") { for k in 1...40 { Line([k, k + 1], name: "line number \(k)") } }),
        ("hundred", Chart(title: "Hundred") { for k in 1...100 { Line([k, k + 1], name: "line number \(k)") } }),
        (
            "twenty bars",
            Chart(title: "Twenty") { for k in 1...20 { Bars(["a", "b"], [k, 21 - k], name: "series \(k)") } }
        ),
        (
            "line over bars",
            Chart(title: "Line over bars", yLabel: "ms") {
                Bars(["lenet", "mlp", "cnn"], [0.7, 0.84, 8], name: "bars")
                Line([1, 2, 3, 4], [2, 4, 6, 7], name: "line", marker: .circle)
            }
        ),
        ("one value", Chart(title: "One", yLabel: "y") { Line([0.5], smoothing: 0.9) }),
        (
            "range",
            Chart(title: "Range", xRange: 2...6, yRange: -0.5...0.5) {
                Line(noise(20))
                Bars(["a", "b", "c", "d"], [0.2, -3, 0.1, 2])
                Points(noise(20).map { $0 * 10 }, noise(20, 2))
            }
        ),
        ("outlier", Chart(title: "Outlier") { Histogram(noise(500) + [1e20]) }),
        (
            "bold",
            Chart(title: "Illinois fill-till jitter: " + String(repeating: "mitigation of illness ", count: 4)) {
                Line([1, 2])
            }
        ),
        ("confusion", HeatMap(confusion: counts(10), classNames: animals)),
        ("confusion 2", HeatMap(confusion: counts(2), classNames: ["no", "yes"])),
        ("confusion 100", HeatMap(confusion: counts(100), classNames: (0..<100).map { "class name \($0)" })),
        ("confusion 300", HeatMap(confusion: counts(300))),
        (
            "all NaN",
            HeatMap(title: "All NaN", values: Tensor(shape: [2, 3], values: [Float](repeating: .nan, count: 6)))
        ),
        (
            "NaN pictures",
            ImageGrid(
                title: "NaN",
                pictures: [
                    Picture(Tensor([[Float.nan, .nan], [.nan, .nan]]), caption: "all NaN"),
                    Picture(Tensor([[Float(0), 0.5], [1, .nan]]), caption: "one NaN"),
                    Picture(Tensor.zeros([2, 2], dtype: .uint8), caption: "black"),
                ])
        ),
        ("heat", HeatMap(title: "Heat", values: Tensor([[0.1, 0.25], [-1, .nan]]), xLabel: "x", yLabel: "y")),
        ("constant heat", HeatMap(values: Tensor.ones([3, 2]))),
        ("empty heat", HeatMap(title: "Empty", values: Tensor.zeros([0, 3]))),
        ("grid", ImageGrid(title: "Test images", pictures: samples)),
        (
            "filters",
            ImageGrid(
                title: "Filters",
                pictures: [
                    Picture([[1, 1, 1], [0, 0, 0], [-1, -1, -1]], caption: "horizontal edges"),
                    Picture(
                        [[1, 0, -1], [1, 0, -1], [1, 0, -1]], caption: String(repeating: "a long caption ", count: 9)),
                ])
        ),
        ("no pictures", ImageGrid(pictures: [])),
    ]

    static let samples = (0..<7).map { k in
        Picture(
            Tensor(shape: [4, 4], values: (0..<16).map { UInt8($0 * 16 + k) }),
            predicted: animals[k == 3 ? 9 : k], truth: animals[k])
    }

    static func plot(_ name: String) -> any Plot { pictures.first { $0.name == name }!.plot }
}
