import Foundation
import Testing

@testable import TernPlot

@Suite("Random pictures")
struct RandomPlotTests {
    /// 100,000 of them: `TERN_RANDOM_PLOTS=100000 swift test --filter RandomPlotTests`; the seeds are those from
    /// `TERN_RANDOM_SEED` on, so that the one that a failure names can be drawn again alone.
    static let seeds: Range<Int> = {
        let environment = ProcessInfo.processInfo.environment
        let first = environment["TERN_RANDOM_SEED"].flatMap { Int($0) } ?? 0
        return first..<first + (environment["TERN_RANDOM_PLOTS"].flatMap { Int($0) } ?? 250)
    }()

    @Test("of all marks, scales, sizes and extreme numbers are well-formed, inside the picture, and the same each time")
    func random() throws {
        for seed in Self.seeds {
            var random = RandomPlot(seed: seed)
            let plot = random.plot()
            let svg = plot.svg()
            let faults = Geometry.faults(try Document(svg))
            #expect(faults.isEmpty, "seed \(seed): \(faults.prefix(3))")
            if seed % 10 == 0 { #expect(svg == plot.svg(), "seed \(seed)") }
        }
    }

    @Test("that are outside are found")
    func geometry() throws {
        func faults(_ element: String) throws -> Int {
            try Geometry.faults(Document("<svg width=\"100\" height=\"50\">\(element)</svg>")).count
        }
        #expect(try faults("<path d=\"M1 2L3 4 5 6h10v-2l3-4H100V0a5 5 0 1 0-10 0z\"/>") == 0)
        for data in [
            "M1 51", "M1 2h100", "M1 2L3 4 5 60", "M1 2l-2-1", "Mnan 1", "M1 2hinf", "M1", "M1 2V-100000", "M1 2c1 2",
        ] {
            #expect(try faults("<path d=\"\(data)\"/>") == 1, "\(data)")
        }
        #expect(
            try faults(
                "<rect x=\"1\" y=\"1\" width=\"-1\" height=\"5\"/><rect x=\"nan\" y=\"1\" width=\"1\" height=\"1\"/>")
                == 2)
        #expect(try faults("<text x=\"90\" y=\"20\">wide text</text>") == 1)
    }
}
