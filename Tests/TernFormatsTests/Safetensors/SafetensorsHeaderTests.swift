import Testing

@testable import TernFormats

/// What the reference accepts and rejects; where this differs, the test says so.
@Suite struct SafetensorsHeaderTests {
    static let entry = #""dtype":"U8","shape":[1],"data_offsets":[0,1]"#

    static func read(_ json: String, dataSize: Int) throws -> SafetensorsHeader {
        try SafetensorsHeader(json: Array(json.utf8), dataSize: dataSize, file: "x")
    }

    @Test(
        "accepted",
        arguments: [
            (#"{}"#, 0),
            (#" {} "#, 0),
            ("{}\n\t\r ", 0),
            (#"{"__metadata__":{}}"#, 0),
            (#"{"__metadata__":null}"#, 0),
            (#"{"a":{\#(entry)},"__metadata__": null }"#, 1),
            (#"{"__metadata__":{"a":"b"}}"#, 0),
            (#"{"a":{\#(entry)}}"#, 1),
            (#"{ "a" : { \#(entry) , "x" : [ { "y" : -1.5e+3 } , true , false , null , "" , 0 , {} , [] ] } }"#, 1),
            (#"{"a":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}"#, 1),
            (#"{"a":{"dtype":"U8","shape":[9223372036854775807,0],"data_offsets":[0,0]}}"#, 0),
            (#"{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}}"#, 1),
            (#"{"a":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[0,3]}}"#, 3),
            (#"{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}"#, 8),
            (#"{"":{\#(entry)}}"#, 1),
            (#"{"\u0000\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t":{\#(entry)}}"#, 1),
            (#"{"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]},"a":{\#(entry)}}"#, 3),
            (
                #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[1,1]},"b":{\#(entry)},"c":{"dtype":"I8","shape":[0],"data_offsets":[0,0]}}"#,
                1
            ),
            (
                #"{"a":{\#(entry),"x":"# + String(repeating: "[", count: 125) + String(repeating: "]", count: 125)
                    + "}}", 1
            ),
        ])
    func accepted(json: String, dataSize: Int) throws {
        _ = try Self.read(json, dataSize: dataSize)
    }

    @Test(
        "rejected",
        arguments: [
            // Not JSON, or not an object.
            (#""#, 0), (#"{"#, 0), (#"[]"#, 0), (#"{}0"#, 0), ("{}\0", 0), (#"{,}"#, 0), (#"{"a"}"#, 0),
            ("\u{FEFF}{}", 0), (#"{"a":1,}"#, 0),
            (#"{"a":{\#(entry),}}"#, 1), (#"{"a":{\#(entry)},}"#, 1), (#"{"a":{\#(entry)}"#, 1),
            (#"{a:{\#(entry)}}"#, 1),
            (#"{"a":{\#(entry),"x":01}}"#, 1), (#"{"a":{\#(entry),"x":1.}}"#, 1), (#"{"a":{\#(entry),"x":+1}}"#, 1),
            (#"{"a":{\#(entry),"x":.5}}"#, 1), (#"{"a":{\#(entry),"x":1e}}"#, 1), (#"{"a":{\#(entry),"x":nul}}"#, 1),
            (#"{"a":{\#(entry),"x":NaN}}"#, 1), (#"{"a":{\#(entry),"x":'b'}}"#, 1), (#"{"a":{\#(entry),"x":[1}}"#, 1),
            (#"{"a\x":{\#(entry)}}"#, 1), (#"{"\u12g4":{\#(entry)}}"#, 1), (#"{"\ud800":{\#(entry)}}"#, 1),
            (#"{"\udc00":{\#(entry)}}"#, 1), (#"{"\ud800\u0041":{\#(entry)}}"#, 1), ("{\"a\nb\":{\(entry)}}", 1),
            (#"{"a"#, 0),
            (
                #"{"a":{\#(entry),"x":"# + String(repeating: "[", count: 126) + String(repeating: "]", count: 126)
                    + "}}", 1
            ),
            (String(repeating: #"{"a":"#, count: 100_000), 0),
            // Metadata. The reference takes the last of two equal names.
            (#"{"__metadata__":{"a":1}}"#, 0), (#"{"__metadata__":{"a":null}}"#, 0), (#"{"__metadata__":[]}"#, 0),
            (#"{"__metadata__":{"a":"b","a":"c"}}"#, 0), (#"{"__metadata__":{},"__metadata__":{}}"#, 0),
            // Entries. The reference takes the last of two equal names.
            (#"{"a":{\#(entry)},"a":{\#(entry)}}"#, 1), (#"{"a":{\#(entry),"dtype":"U8"}}"#, 1),
            (#"{"a":{\#(entry),"shape":[1]}}"#, 1),
            (#"{"a":{\#(entry),"data_offsets":[0,1]}}"#, 1), (#"{"a":{\#(entry),"data_offsets":null}}"#, 1),
            (#"{"a":{"shape":[1],"data_offsets":[0,1]}}"#, 1), (#"{"a":{"dtype":"U8","data_offsets":[0,1]}}"#, 1),
            (#"{"a":{"dtype":"U8","shape":[1]}}"#, 1), (#"{"a":{}}"#, 0), (#"{"a":[]}"#, 0), (#"{"a":null}"#, 0),
            (#"{"a":{"dtype":"U9","shape":[1],"data_offsets":[0,1]}}"#, 1),
            (#"{"a":{"dtype":"u8","shape":[1],"data_offsets":[0,1]}}"#, 1),
            (#"{"a":{"dtype":8,"shape":[1],"data_offsets":[0,1]}}"#, 1),
            (#"{"a":{"dtype":"U8","shape":null,"data_offsets":[0,1]}}"#, 1),
            (#"{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}"#, 1),
            (#"{"a":{"dtype":"U8","shape":[1e0],"data_offsets":[0,1]}}"#, 1),
            (#"{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}"#, 1),
            (#"{"a":{"dtype":"U8","shape":[-0],"data_offsets":[0,0]}}"#, 0),
            (#"{"a":{"dtype":"U8","shape":[01],"data_offsets":[0,1]}}"#, 1),
            (#"{"a":{"dtype":"U8","shape":["1"],"data_offsets":[0,1]}}"#, 1),
            (#"{"a":{"dtype":"U8","shape":[1,],"data_offsets":[0,1]}}"#, 1),
            (#"{"a":{"dtype":"U8","shape":1,"data_offsets":[0,1]}}"#, 1),
            // Offsets.
            (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}}"#, 1),
            (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}"#, 1),
            (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}"#, 1),
            (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[-1,0]}}"#, 1),
            (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0.0,1]}}"#, 1),
            (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,18446744073709551616]}}"#, 1),
            // Sizes and places.
            (#"{"a":{\#(entry)}}"#, 0), (#"{"a":{\#(entry)}}"#, 2), (#"{}"#, 1),
            (#"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,1]}}"#, 1),
            (#"{"a":{"dtype":"I16","shape":[1],"data_offsets":[0,1]}}"#, 1),
            (#"{"a":{"dtype":"F4","shape":[1],"data_offsets":[0,0]}}"#, 0),
            (#"{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}}"#, 1),
            (#"{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#, 0),
            (#"{"a":{"dtype":"I64","shape":[2305843009213693952],"data_offsets":[0,0]}}"#, 0),
            (#"{"a":{"dtype":"U8","shape":[9223372036854775807,2,0],"data_offsets":[0,0]}}"#, 0),
            (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#, 2),
            (#"{"a":{\#(entry)},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}"#, 3),
            (#"{"a":{\#(entry)},"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, 1),
            (
                #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"#,
                3
            ),
        ])
    func rejected(json: String, dataSize: Int) {
        #expect(throws: FormatError.self) { try Self.read(json, dataSize: dataSize) }
    }

    @Test("names and metadata are decoded, and names are in the order of the data")
    func contents() throws {
        let other = #"{"dtype":"I8","shape":[2],"data_offsets":[1,3]}"#
        let header = try Self.read(
            #"{"__metadata__":{"k":"\ud83d\ude00\n"},"b":\#(other),"\u00e9":{\#(Self.entry)}}"#, dataSize: 3)
        #expect(header.names == ["é", "b"])
        #expect(header.metadata == ["k": "😀\n"])
        #expect(header.entries["b"]?.type == .int8)
        #expect(header.entries["b"]?.shape == [2])
        #expect(header.entries["b"]?.range == 1..<3)
    }

    @Test("invalid UTF-8 is an error", arguments: [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80]] as [[UInt8]])
    func invalidText(bytes: [UInt8]) {
        let json = Array(#"{"__metadata__":{"a":""#.utf8) + bytes + Array(#""}}"#.utf8)
        let error = #expect(throws: FormatError.self) { try SafetensorsHeader(json: json, dataSize: 0, file: "x") }
        #expect(error?.description == "x, byte 29: expected a string in UTF-8, found bytes that are not")
    }

    @Test("errors say where and what")
    func messages() {
        func message(_ json: String, _ size: Int = 1) -> String? {
            #expect(throws: FormatError.self) { try Self.read(json, dataSize: size) }?.description
        }
        #expect(message("[]") == "x, byte 8: expected the header in { }, found \"[\"")
        #expect(message("{}x", 0) == "x, byte 10: expected the end of the JSON text, found \"x\"")
        #expect(
            message(#"{"a":{\#(Self.entry)},"a":{\#(Self.entry)}}"#)
                == "x, byte 61: expected a new name, found \"a\" again")
        #expect(message(#"{"a":{"shape":[1]}}"#) == "x, \"a\": expected dtype, found none")
        #expect(message(#"{"a":{"dtype":"U9"}}"#) == "x, \"a\": expected a known dtype, found \"U9\"")
        #expect(
            message(#"{"a":{"dtype":"U8","shape":[1.5]}}"#)
                == "x, byte 36: expected a dimension: an integer of at least 0, found \"1\"")
        #expect(
            message(#"{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,20]}}"#)
                == "x, \"a\": expected 24 bytes for F32 values of shape [2, 3], found 20")
        #expect(
            message(#"{"a":{\#(Self.entry)},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}"#)
                == "x, \"b\": expected data that begins where the previous ends, at 1, found 2")
        #expect(message(#"{"a":{\#(Self.entry)}}"#, 7) == "x: expected 1 bytes of data, as the header says, found 7")
        #expect(
            message(#"{"a":{"dtype":"U8","shape":[99999999999999999999]}}"#)
                == "x, byte 36: expected a dimension below 2^63, found a larger number")
    }
}
