import Foundation
import TernFuzzing
import Testing

@testable import TernFormats

@Suite struct DecimalTests {
    struct Goldens: Decodable {
        struct Number: Decodable {
            let text: String
            let float: UInt32
            let double: String
        }
        let numbers: [Number]
    }

    static func parse<Value: CSVNumber>(_ text: String, as type: Value.Type) -> Value? {
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            var position = 0
            let value = Value(bytes.baseAddress!, &position, end: bytes.count)
            return position == bytes.count ? value : nil
        }
    }

    @Test("floats are rounded as by C's strtof and strtod, halfway cases included")
    func goldens() throws {
        for number in try JSONDecoder().decode(Goldens.self, from: Data(golden("csv.json"))).numbers {
            let single = Float(bitPattern: number.float)
            let double = Double(bitPattern: UInt64(number.double)!)
            #expect(
                Self.parse(number.text, as: Float.self)?.bitPattern == (single.isInfinite ? nil : single.bitPattern),
                "\(number.text)")
            #expect(
                Self.parse(number.text, as: Double.self)?.bitPattern == (double.isInfinite ? nil : double.bitPattern),
                "\(number.text)")
        }
    }

    @Test("random numbers of any length and size are rounded as by the C library")
    func random() {
        var random = FixedRandom(state: 3)
        for _ in 0..<20_000 {
            let digits = Int.random(in: 1...22, using: &random)
            var text = String((0..<digits).map { _ in "0123456789".randomElement(using: &random)! })
            if Bool.random(using: &random) {
                text.insert(".", at: text.index(text.startIndex, offsetBy: Int.random(in: 0...digits, using: &random)))
            }
            text += Bool.random(using: &random) ? "" : "e\(Int.random(in: -30...30, using: &random))"
            let single = strtof(text, nil)
            if Self.parse(text, as: Float.self) ?? .infinity != single
                || Self.parse(text, as: Double.self) != strtod(text, nil)
            {
                Issue.record("\(text)")
            }
        }
    }

    @Test("the shortest text of a float is read as that float")
    func roundTrip() {
        var random = FixedRandom(state: 4)
        for _ in 0..<20_000 {
            let double = Double(bitPattern: random.next())
            if double.isFinite && Self.parse("\(double)", as: Double.self) != double { Issue.record("\(double)") }
            let single = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
            if single.isFinite && Self.parse("\(single)", as: Float.self) != single { Issue.record("\(single)") }
        }
    }
}
