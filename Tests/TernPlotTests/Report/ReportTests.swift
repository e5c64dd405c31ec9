import TernCore
import Testing

@testable import TernPlot

@Suite("Reports")
struct ReportTests {
    static let sample = Report.classification(
        title: "LeNet <on> MNIST", subtitle: "5 epochs & 1 seed", results: ["test accuracy": "98.26 %"],
        configuration: ["optimizer": "Adam", "batch": "64"],
        curves: [
            Chart(title: "Loss", xLabel: "step", yLabel: "loss", width: 520, height: 340) {
                Line(Gallery.steps, Gallery.losses, name: "training")
            }
        ],
        confusion: Tensor([[50, 3, 0], [1, 40, 0], [0, 0, 0]] as [[Int]]), classNames: ["cat", "dog", "a < b"],
        samples: Array(Gallery.samples[2...3]), model: "conv1 (Conv2d)\n  156", timings: ["training": "41.2 s"])

    @Test("are one well-formed page without scripts and without anything from elsewhere")
    func page() throws {
        let html = Self.sample.html()
        let document = try Document(html)
        #expect(document.all("h1").map(\.text) == ["LeNet <on> MNIST"])
        #expect(
            document.all("h2").map(\.text) == [
                "Training", "Classes", "Predictions", "Configuration", "Timings", "Model",
            ])
        #expect(document.all("svg").count == 2 && document.all("style").count == 1 && document.all("script").isEmpty)
        #expect(document.all("pre").map(\.text) == ["conv1 (Conv2d)\n  156"])
        for element in document.elements {
            for (name, value) in element.attributes where name == "src" || name == "href" {
                #expect(value.hasPrefix("data:image/png;base64,"))
            }
        }
        #expect(
            html.hasPrefix("<!DOCTYPE html>\n")
                && !html.replacing("http://www.w3.org/2000/svg", with: "").contains("http"))
        #expect(!html.contains("url(") && !html.contains("@import"))
        #expect(html == Self.sample.html())
    }

    @Test("have precision, recall and F1 of each class")
    func classes() throws {
        let cells = try Document(Self.sample.html()).all("td").map(\.text)
        #expect(
            Array(cells[..<18]) == [
                "cat", "53", "98.0 %", "94.3 %", "96.2 %", "dog (3)",
                "dog", "41", "93.0 %", "97.6 %", "95.2 %", "cat (1)",
                "a < b", "0", "–", "–", "–", "",
            ])
    }

    @Test("have the sections that were added, in order, and numbers flush right")
    func sections() throws {
        var report = Report(title: "Run")
        report.add(.text("One.\n\nTwo.", title: "Words"))
        report.add(.table("Table", columns: ["name", "ms", "note"], rows: [["a", "1.5", "x"], ["b", "−2e−3", ""]]))
        report.add(.pictures("Pictures", [Picture(Tensor.eye(2), caption: "a & b")]))
        report.add(.plot(Chart { Line([1, 2]) }))
        var fields: Report.Fields = ["a": "1"]
        fields.append("b", "2")
        report.add(.fields("Fields", fields))
        let document = try Document(report.html())
        #expect(document.all("h2").map(\.text) == ["Words", "Table", "Pictures", "Fields"])
        #expect(document.all("p").map(\.text) == ["One.", "Two."])
        #expect(document.all("td").filter { $0.classes == ["number"] }.map(\.text) == ["1.5", "−2e−3"])
        #expect(document.all("figcaption").map(\.text) == ["a & b"])
        #expect(document.all("th").map(\.text) == ["name", "ms", "note", "a", "b"])
    }

    @Test("long names wrap, and leave room for their values")
    func longNames() throws {
        func rule(_ selector: String) throws -> String {
            try #require(Report.style.split(separator: "\n").first { $0.hasPrefix(selector + "{") }.map(String.init))
        }
        for selector in ["th[scope=row]", ".fields td", "dt", "dd"] {
            let rule = try rule(selector)
            #expect(rule.contains("overflow-wrap:anywhere") && !rule.contains("nowrap"), "\(rule)")
        }
        #expect(try rule("body").contains("overflow-wrap:break-word"))
    }
}
