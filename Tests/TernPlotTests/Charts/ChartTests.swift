import TernCore
import Testing

@testable import TernPlot

@Suite("Charts")
struct ChartTests {
    /// The corner points of the paths of a class.
    private func points(_ svg: String, _ style: String) throws -> [(x: Double, y: Double)] {
        try Document(svg).all("path").filter { $0.classes.contains(style) }.flatMap { element in
            (element.attributes["d"] ?? "").matches(of: /(-?[\d.]+) (-?[\d.]+)/)
                .compactMap { match in Double(match.1).flatMap { x in Double(match.2).map { (x: x, y: $0) } } }
        }
    }

    @Test("a curve of 100,000 points keeps its extremes and the ends, in a small file")
    func thinning() throws {
        var values = Gallery.noise(100_000)
        values[61_234] = 5
        values[61_235] = -7
        let svg = Chart(width: 640) { Line(values) }.svg()
        #expect(svg.utf8.count < 80_000)
        let all = try points(
            Chart(width: 640) {
                Line([61_234, 61_235], [5, -7])
                Line([0, 99_999], [0, 0])
            }.svg(), "s1")
        let kept = try points(svg, "s1")
        for end in all { #expect(kept.contains { abs($0.x - end.x) < 0.02 && abs($0.y - end.y) < 0.02 }, "\(end)") }
        #expect(kept.first!.x < 70 && kept.last!.x > 600)
    }

    @Test("thinning keeps the lowest and highest of every column, in order")
    func columns() {
        let points = Gallery.noise(5000).enumerated().map { (x: Double($0) / 50, y: $1) }
        let thin = thinned(points, columns: 100)
        #expect(thin.count <= 400 && zip(thin, thin.dropFirst()).allSatisfy { $0.x <= $1.x })
        for column in 0..<100 {
            let inside = points.filter { Int($0.x) == column }.map(\.y)
            let kept = thin.filter { Int($0.x) == column }.map(\.y)
            #expect(kept.min() == inside.min() && kept.max() == inside.max())
            #expect(kept.first == inside.first && kept.last == inside.last)
        }
        // A curve that goes back, and one of few points.
        let circle = (0..<10_000).map { _ in (x: 1.0, y: 1.0) } + [(x: 0.0, y: 9.0)]
        #expect(thinned(circle, columns: 100).count == 2)
        #expect(thinned(Array(points[..<300]), columns: 100).count == 300)
    }

    @Test("gaps are where values have no place, and are counted below")
    func gaps() throws {
        let document = try Document(Chart { Line([1, 2, .nan, 3, .infinity, 4, 5]) }.svg())
        let path = try #require(document.all("path").first { $0.classes == ["line", "s1"] }?.attributes["d"])
        #expect(path.count { $0 == "M" } == 2 && path.count { $0 == "L" } == 2)
        // The lonely point is a dot.
        #expect(document.all("path").contains { $0.classes == ["fill", "s1"] })
        #expect(document.texts.contains("Not shown: 2 values that are NaN or infinite"))

        let logarithmic = Chart(yScale: .logarithmic) { Line([1, 0, 10, -1, .nan, 100]) }.svg()
        #expect(
            try Document(logarithmic).texts.contains(
                "Not shown: 1 value that is NaN or infinite, 2 values that are not above 0 (logarithmic axis)"))
    }

    @Test("the legend has the series with names, in order, each with its color")
    func legend() throws {
        let chart = Chart {
            Line([1, 2], name: "train", marker: .circle)
            Line([2, 1])
            Points([1], [1], name: "points", color: 5)
            Bars(["a"], [1], name: "bars")
        }
        let document = try Document(chart.svg())
        #expect(document.all("text").filter { $0.classes == ["label"] }.map(\.text) == ["train", "points", "bars"])
        let colors = ["s1", "s2", "s5", "s3"]
        for color in colors { #expect(document.elements.contains { $0.classes.contains(color) }) }
        #expect(!document.elements.contains { $0.classes.contains("s4") })
    }

    @Test("an axis begins at 0 where 0 is near, and ends at the values where it is not")
    func domains() {
        func domain(_ range: ClosedRange<Double>, zero: Bool = false) -> Domain {
            Domain(around: range, .linear, padding: 0.05, wantsZero: zero, prefersZero: true)
        }
        #expect(domain(0.1...2).low == 0)
        #expect(domain(0.9...1).low > 0.89)
        #expect(domain(0.9...1, zero: true).low == 0)
        #expect(domain(-2 ... -0.1).high == 0)
        #expect(domain(3...3) == Domain(low: 2.7, high: 3.3))
        #expect(domain(0...0) == Domain(low: 0, high: 1) && domain(0...0, zero: true).high == 1)
        #expect(domain(-1e299...1e299).high > 1e299)
        #expect(Domain(around: nil, .linear, padding: 0) == Domain(low: 0, high: 1))
        #expect(Domain(around: 5...5, .logarithmic, padding: 0) == Domain(low: 2.5, high: 10))
    }

    @Test("bars of one name stand side by side, in the order in which names appear")
    func bars() throws {
        let chart = Chart {
            Bars(["b", "a"], [1, 2])
            Bars(["a", "c"], [3, 4])
        }
        let document = try Document(chart.svg())
        let names = document.all("text").filter { ["a", "b", "c"].contains($0.text) }
        #expect(names.sorted { $0.number("x") < $1.number("x") }.map(\.text) == ["b", "a", "c"])
        let first = try points(chart.svg(), "s1").map(\.x)
        let second = try points(chart.svg(), "s2").map(\.x)
        #expect(first.count == 2 && second.count == 2 && first[1] < second[0])
    }

    @Test("histograms of a chart share their bins and count every value once")
    func histograms() {
        let bins = Bins.of([Histogram([0, 1, 2, 3, 4.0], bins: 4), Histogram([8.0, .nan], bins: 2)])
        #expect(bins[0].edges == [0, 2, 4, 6, 8] && bins[0].counts == [2, 2, 1, 0])
        #expect(bins[1].edges == bins[0].edges && bins[1].counts == [0, 0, 0, 1])
        #expect(Bins.of([Histogram([5, 5, 5])])[0].counts == [3])
        #expect(Bins.of([Histogram([Double]())])[0].counts == [])
        #expect(Bins.of([Histogram(counts: [1, 2], edges: [0, 1, 5])])[0].counts == [1, 2])
        let many = Bins.of([Histogram(Gallery.noise(1000))])[0]
        #expect(many.counts.reduce(0, +) == 1000 && (5...80).contains(many.counts.count))
    }

    @Test("a smoothed curve is Adam's mean: unbiased from the first value on")
    func smoothing() {
        #expect(smoothed([4, 4, 4], weight: 0.9).allSatisfy { abs($0 - 4) < 1e-12 })
        let values = smoothed([1, 3, .nan, 5], weight: 0.5)
        #expect(
            values[0] == 1 && abs(values[1] - 7.0 / 3) < 1e-12 && values[2].isNaN && abs(values[3] - 27.0 / 7) < 1e-12)
    }

    @Test("tensors are drawn as arrays are")
    func tensors() {
        let x = Tensor.linspace(-1, 1, count: 5)
        let fromTensor = Chart { Line(x, x * 2) }.svg()
        #expect(fromTensor == Chart { Line([-1, -0.5, 0, 0.5, 1], [-2.0, -1, 0, 1, 2]) }.svg())
        #expect(Histogram(Tensor([[1, 2], [3, 4]]), bins: 2).leftOut == 0)
    }

    @Test("a value far from all others does not stop the process, and is counted")
    func outliers() {
        for far in [1e20, -1e20, 1e300, .greatestFiniteMagnitude, -.greatestFiniteMagnitude] {
            let bins = Bins.of([Histogram(Gallery.noise(100) + [far])])[0]
            #expect(bins.counts.reduce(0, +) == 101 && bins.edges.allSatisfy(\.isFinite))
        }
        let least = Double.leastNonzeroMagnitude
        for close in [[0, least], [1, 1.0.nextUp], [least * 2000, least * 6000], [-1.7e308, 1.7e308]] {
            let bins = Bins.of([Histogram(close, bins: 30)])[0]
            #expect(bins.counts.reduce(0, +) == 2)
            #expect(zip(bins.edges, bins.edges.dropFirst()).allSatisfy { $0 < $1 })
        }
    }

    @Test("a line over bars stays between the axes, and all of it is seen")
    func lineOverBars() throws {
        let chart = Chart {
            Bars(["a", "b", "c"], [1, 2, 3])
            Line([1, 2, 3, 4], [1, 2, 3, 4])
        }
        let xs = try points(chart.svg(), "s2").map(\.x)
        #expect(xs.count == 4 && xs.max()! <= 618 && zip(xs, xs.dropFirst()).allSatisfy { $0 < $1 })
        // The line's 1 is the middle of the second bar.
        let name = try #require(Document(chart.svg()).all("text").first { $0.text == "b" })
        #expect(abs(name.number("x") - xs[0]) < 0.01)
    }

    @Test("a hundred lines look differently, and their legend leaves room for the chart")
    func manySeries() throws {
        let chart = Chart(title: "Hundred") { for k in 1...100 { Line([k, k + 1], name: "line number \(k)") } }
        let document = try Document(chart.svg())
        let lines = document.all("path").filter {
            $0.classes.first == "line" && $0.attributes["style"] != nil || $0.classes.first == "line"
        }
        let inLegend = document.all("text").filter { $0.classes.first == "label" }
        let looks = Set(lines.suffix(100).map { [$0.attributes["class"], $0.attributes["style"]] })
        #expect(looks.count == 100)
        #expect(inLegend.last?.text == "and \(101 - inLegend.count) more")
        #expect(inLegend.allSatisfy { $0.number("y") < document.all("svg")[0].number("height") * 0.4 })
    }

    @Test("one point is a dot that is seen, with and without smoothing, and so are points in one place")
    func onePoint() throws {
        for line in [Line([0.5]), Line([0.5], smoothing: 0.9), Line([1, 1, 1], [2, 2, 2]), Line([.nan, 1, .nan])] {
            let dots = try Document(Chart { line }.svg()).all("path").filter { $0.classes == ["fill", "s1"] }
            #expect(dots.contains { $0.attributes["d"]?.contains("a5 5 ") == true }, "\(dots)")
        }
    }
}

@Suite("Widths of text")
struct TextWidthTests {
    /// Measured with Pillow: `ImageFont.truetype("DejaVuSans-Bold.ttf", 1000).getlength(text) * size / 1000`.
    @Test(
        "are those of a wide font, also in bold",
        arguments: [
            ("a title that is far too long", 149.5, 228.4), ("Illinois fill-till jitter", 107.4, 170.1),
            ("Confusion matrix, 1,000 classes", 191.9, 287.3), ("Verluste über Schritte", 131.8, 200.6),
            ("Потери обучения", 109.2, 159.7), ("−0.25e−12", 69.5, 99.4),
            ("Test accuracy of LeNet on MNIST", 198.3, 297.5),
        ])
    func widths(_ text: String, _ plain: Double, _ title: Double) {
        #expect((plain - 0.1...plain * 1.06).contains(textWidth(text)))
        #expect((title - 0.1...title * 1.06).contains(textWidth(text, .title)))
    }
}
