import Foundation
import TernTestSupport
import Testing

@testable import TernPlot

@Suite("Pictures")
struct PictureTests {
    @Test("are well-formed XML in every theme", arguments: Gallery.pictures.map(\.name))
    func wellFormed(_ name: String) throws {
        for theme in Theme.allCases { _ = try Document(Gallery.plot(name).svg(theme: theme)) }
    }

    @Test("have the same bytes each time they are drawn", arguments: Gallery.pictures.map(\.name))
    func deterministic(_ name: String) {
        let first = Gallery.plot(name).svg()
        #expect(first == Gallery.plot(name).svg())
        // No number in a form that depends on a library or a language.
        #expect(first.firstMatch(of: /="[^"]*(nan|inf|\de[-+]?\d)/) == nil)
    }

    @Test("keep all text inside", arguments: Gallery.pictures.map(\.name))
    func inside(_ name: String) throws {
        let document = try Document(Gallery.plot(name).svg())
        let root = try #require(document.all("svg").first)
        for element in document.all("text") {
            let box = Box(element)
            #expect(
                box.left >= 0 && box.right <= root.number("width") && box.top >= 0
                    && box.bottom <= root.number("height"), "\(box)")
        }
    }

    @Test("let no text lie on another", arguments: Gallery.pictures.map(\.name))
    func apart(_ name: String) throws {
        let boxes = try Document(Gallery.plot(name).svg()).all("text")
            // The boxes of slanted text say nothing: their corners overlap where the text does not.
            .filter { $0.attributes["transform"]?.hasPrefix("rotate(-35") != true }.map { Box($0, scale: 0.9) }
        for (index, box) in boxes.enumerated() {
            for other in boxes[..<index] where box.overlaps(other) { Issue.record("\(box) lies on \(other)") }
        }
    }

    @Test("are written whole, or not at all")
    func writing() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/a.svg"
            let chart = Chart(title: "a") { Line([1, 2]) }
            try chart.write(to: path, theme: .dark)
            #expect(try text(ofFile: path) == chart.svg(theme: .dark))
            #expect(throws: (any Error).self) { try chart.write(to: folder + "/missing/a.svg") }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.svg"])
        }
    }

    @Test("escape what XML cannot hold")
    func escaping() throws {
        let title = "a < b & \"c\" > 'd' \u{0}\u{1B}\u{FFFF} é 名 🐦"
        let document = try Document(Chart(title: title).svg())
        #expect(document.texts.first == "a < b & \"c\" > 'd' \u{FFFD}\u{FFFD}\u{FFFD} é 名 🐦")
        #expect(document.all("svg")[0].attributes["aria-label"] == document.texts[0])
    }
}

@Suite("Goldens")
struct GoldenTests {
    /// Drawn again with `TERN_UPDATE_GOLDENS=1 swift test --filter TernPlotTests`; look at them before they are committed.
    @Test(
        "pictures have the bytes that were looked at",
        arguments: ["loss", "log", "bars", "scatter", "histogram", "confusion 2", "grid", "report"])
    func goldens(_ name: String) throws {
        let text = name == "report" ? ReportTests.sample.html() : Gallery.plot(name).svg(theme: .automatic)
        let file = name.replacing(" ", with: "-") + (name == "report" ? ".html" : ".svg")
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let url = folder.appendingPathComponent("Goldens/\(file)")
        if ProcessInfo.processInfo.environment["TERN_UPDATE_GOLDENS"] == "1" {
            try text.write(to: url, atomically: true, encoding: .utf8)
        }
        #expect(try text == String(contentsOf: url, encoding: .utf8))
    }
}
