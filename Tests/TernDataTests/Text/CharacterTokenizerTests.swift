import Foundation
import TernCore
import TernData
import TernFormats
import TernFuzzing
import TernTestSupport
import Testing

@Suite struct CharacterTokenizerTests {
    @Test("characters are numbered in the order of their Unicode numbers, as by sorted(set(text))")
    func vocabulary() throws {
        let tokenizer = CharacterTokenizer(of: "hello, tern")
        #expect(tokenizer.vocabularySize == 9 && tokenizer.decode(0..<9) == " ,ehlnort")
        #expect(try tokenizer.encode("tern") == [8, 2, 7, 5])
        #expect(try tokenizer.tokens("tern").dtype == .int64)
        #expect(try tokenizer.decode(tokenizer.tokens("hotel")) == "hotel")
        #expect(CharacterTokenizer(of: "").vocabularySize == 0)
    }

    @Test("a character is a Unicode scalar: not a pair of bytes, nor all that looks like one")
    func scalars() throws {
        let text = "a\r\né\u{65}\u{301}🇨🇭𝄞"
        let tokenizer = CharacterTokenizer(of: text)
        let tokens = try tokenizer.encode(text)
        #expect(tokens.count == 9 && tokenizer.vocabularySize == 9)
        #expect(Array(tokenizer.decode(tokens).unicodeScalars) == Array(text.unicodeScalars))
    }

    @Test("an unknown character is an error with its place, or another one by option")
    func unknown() throws {
        let error = #expect(throws: FormatError.self) { try CharacterTokenizer(of: "abé").encode("éab\nc") }
        #expect(error?.description == "the text, byte 4: expected one of the 3 known characters, found \"\\n\"")
        let tokenizer = CharacterTokenizer(of: "ab", unknown: "?")
        #expect(try tokenizer.decode(tokenizer.encode("a z🇨b")) == "a???b")
    }

    @Test("it is saved as JSON, and read back equal")
    func saving() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/vocabulary.json"
            for tokenizer in [
                CharacterTokenizer(of: "tern \"/\\\n\u{0}é🇨\u{301}"), CharacterTokenizer(of: "x", unknown: "\u{FFFD}"),
            ] {
                try tokenizer.write(to: path)
                #expect(try CharacterTokenizer(contentsOf: path) == tokenizer)
            }
            #expect(try text(ofFile: path) == "{\"characters\":\"x\u{FFFD}\",\"unknown\":\"\u{FFFD}\"}\n")
        }
    }

    @Test(
        "what is no vocabulary is an error that names the file",
        arguments: [
            ("", ": expected JSON, found other bytes"), ("[", ": expected JSON, found other bytes"),
            ("{}", ": expected a member \"characters\", found none"),
            (#"{"characters": 3}"#, ", \"characters\": expected String, found another type"),
            (
                #"{"characters": "ba"}"#,
                ", \"characters\": expected characters in the order of their Unicode numbers, each once, found others"
            ),
            (#"{"characters": "ab", "unknown": "c"}"#, ", \"unknown\": expected one of the characters, found \"c\""),
        ])
    func errors(contents: String, message: String) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/v.json"
            try write(Array(contents.utf8), to: path)
            let error = #expect(throws: FormatError.self) { try CharacterTokenizer(contentsOf: path) }
            #expect(error?.description == path + message)
        }
    }

    @Test("fuzz: damaged vocabularies are read or refused")
    func fuzz() throws {
        try withTemporaryFolder { folder in
            let samples = [
                #"{"characters": " ,ehlnorté", "unknown": "e"}"#, #"{"characters": "ab\u00e9\ud83d\ude00"}"#,
            ]
            var fuzzer = Fuzzer(
                "characters", samples: samples.map { Array($0.utf8) }, tokens: ["null", "\\ud83d", "[["])
            fuzzer.count = 500
            try fuzzer.run { bytes in
                try write(bytes, to: folder + "/v.json")
                let tokenizer = try CharacterTokenizer(contentsOf: folder + "/v.json")
                let all = tokenizer.decode(0..<tokenizer.vocabularySize)
                #expect(try tokenizer.encode(all) == Array(0..<tokenizer.vocabularySize))
            }
        }
    }

    @Test("tokens out of range stop with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = CharacterTokenizer(of: "ab").decode([1, 2])
        }.expectMessage("decode: expects tokens in 0..<2, got 2")
    }

    static let shakespeare = ProcessInfo.processInfo.environment["TERN_DATA"].map { $0 + "/tinyshakespeare/input.txt" }

    @Test("Shakespeare has nanoGPT's 65 characters and 1,115,394 tokens", .enabled(if: shakespeare != nil))
    func realText() throws {
        let text = try text(ofFile: #require(Self.shakespeare))
        let tokenizer = CharacterTokenizer(of: text)
        // As printed by nanoGPT's data/shakespeare_char/prepare.py.
        #expect(
            tokenizer.decode(0..<tokenizer.vocabularySize)
                == "\n !$&',-.3:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
        let tokens = try tokenizer.tokens(String(text.prefix(20_000)))
        #expect(tokens.count == 20_000)
        #expect(tokens[..<10].array(of: Int.self) == [18, 47, 56, 57, 58, 1, 15, 47, 58, 47])
        #expect(tokenizer.decode(tokens) == text.prefix(20_000))
    }
}
