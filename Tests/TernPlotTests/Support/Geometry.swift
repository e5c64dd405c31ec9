import Foundation

@testable import TernPlot

/// Where the elements of a picture are.
enum Geometry {
    /// What lies outside of the picture, or is not a number; empty for a picture as it should be.
    static func faults(_ document: Document) -> [String] {
        guard let root = document.all("svg").first else { return ["no picture"] }
        let (width, height) = (root.number("width"), root.number("height"))
        guard width > 0, height > 0, width < 100_000, height < 1_000_000 else {
            return ["a picture of \(width)x\(height)"]
        }
        var faults: [String] = []
        func isInside(_ x: Double, _ y: Double) -> Bool {
            x >= -0.5 && x <= width + 0.5 && y >= -0.5 && y <= height + 0.5
        }
        for element in document.elements {
            switch element.name {
            case "rect", "image":
                let (x, y) = (element.number("x"), element.number("y"))
                let (w, h) = (element.number("width"), element.number("height"))
                if !(w >= 0 && h >= 0 && isInside(x, y) && isInside(x + w, y + h)) {
                    faults.append("\(element.name) \(element.attributes.filter { $0.key != "href" })")
                }
            case "path":
                let data = element.attributes["d"] ?? ""
                if let bad = points(data).first(where: { !isInside($0.x, $0.y) }) {
                    faults.append("path to \(bad) of \(element.attributes["class"] ?? ""): \(data.prefix(200))")
                }
            case "text":
                let box = Box(element)
                if !(isInside(box.left, box.top) && isInside(box.right, box.bottom)) { faults.append("text \(box)") }
            default: break
            }
        }
        return faults
    }

    /// The corners of a path; NaN for what is none.
    static func points(_ data: String) -> [(x: Double, y: Double)] {
        var result: [(x: Double, y: Double)] = []
        var (x, y) = (0.0, 0.0)
        var command: Character = " "
        var numbers: [Double] = []
        func apply() {
            guard let count = ["M": 2, "L": 2, "l": 2, "H": 1, "h": 1, "V": 1, "v": 1, "a": 7, "z": 0][command] else {
                if command != " " { result.append((.nan, .nan)) }
                return
            }
            if count == 0 ? !numbers.isEmpty : numbers.isEmpty || numbers.count % count != 0 {
                result.append((.nan, .nan))
            }
            for start in stride(from: 0, to: numbers.count, by: max(count, 1)) where start + count <= numbers.count {
                switch command {
                case "M", "L": (x, y) = (numbers[start], numbers[start + 1])
                case "l": (x, y) = (x + numbers[start], y + numbers[start + 1])
                case "H": x = numbers[start]
                case "h": x += numbers[start]
                case "V": y = numbers[start]
                case "v": y += numbers[start]
                case "a": (x, y) = (x + numbers[start + 5], y + numbers[start + 6])
                default: break
                }
                result.append((x, y))
            }
        }
        var text = ""
        func endNumber() {
            if !text.isEmpty { numbers.append(Double(text) ?? .nan) }
            text = ""
        }
        for character in data {
            switch character {
            case "0"..."9", ".": text.append(character)
            case "-":
                endNumber()
                text = "-"
            case " ": endNumber()
            default:
                endNumber()
                apply()
                (command, numbers) = (character, [])
            }
        }
        endNumber()
        apply()
        return result
    }
}
