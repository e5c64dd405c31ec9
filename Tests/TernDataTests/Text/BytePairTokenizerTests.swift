import Foundation
import TernCore
import TernFormats
import TernFuzzing
import TernTestSupport
import Testing

@testable import TernData

@Suite struct BytePairTokenizerTests {
    /// What `make_bpe.py` wrote.
    struct Golden: Decodable {
        struct Learnt: Decodable {
            let minimumCount: Int
            let vocabulary: [String: Int]
            let merges: [String]
        }
        struct Case: Decodable {
            let text: String
            let tokens: [Int]
        }
        let text: String
        let learnt: [String: Learnt]
        let cases: [Case]
        let special: Case
    }

    static let golden: Golden = {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Goldens/bpe.json")
        return try! JSONDecoder().decode(Golden.self, from: Data(contentsOf: path))
    }()

    static func merges(_ tokenizer: BytePairTokenizer) -> [String] {
        tokenizer.merges.pairs.map { pair in
            ByteCharacters.text(tokenizer.tokens[Int(pair.left)]) + " "
                + ByteCharacters.text(tokenizer.tokens[Int(pair.right)])
        }
    }

    /// The tokenizer of the golden file, read from files, with a special token.
    static func read() throws -> BytePairTokenizer {
        let learnt = try #require(golden.learnt["400"])
        return try withTemporaryFolder { folder in
            let vocabulary = learnt.vocabulary.merging(["<|endoftext|>": 400]) { a, _ in a }
            try write(JSONEncoder().encode(vocabulary), to: folder + "/vocab.json")
            let text = "#version: 0.2\n" + learnt.merges.joined(separator: "\n")
            try write(Array(text.utf8), to: folder + "/merges.txt")
            return try BytePairTokenizer(vocabulary: folder + "/vocab.json", merges: folder + "/merges.txt")
        }
    }

    @Test("training learns the merges of Hugging Face's trainer", arguments: ["400", "456"])
    func training(size: String) throws {
        let learnt = try #require(Self.golden.learnt[size])
        let tokenizer = BytePairTokenizer(
            training: Self.golden.text, vocabularySize: Int(size)!, minimumCount: learnt.minimumCount)
        #expect(Self.merges(tokenizer) == learnt.merges)
        #expect(tokenizer.vocabularySize == learnt.vocabulary.count)
        for (token, number) in learnt.vocabulary {
            #expect(tokenizer.bytes(of: number) == ByteCharacters.bytes(token))
        }
    }

    @Test("texts have the tokens of Hugging Face's and OpenAI's encoders, and come back")
    func encoding() throws {
        let tokenizer = try Self.read()
        for example in Self.golden.cases {
            #expect(tokenizer.encode(example.text) == example.tokens, "\(example.text.debugDescription)")
            #expect(Array(tokenizer.decode(example.tokens).utf8) == Array(example.text.utf8))
        }
        #expect(tokenizer.specialTokens == ["<|endoftext|>": 400] && tokenizer.vocabularySize == 401)
        let special = Self.golden.special
        #expect(tokenizer.encodeWithSpecialTokens(special.text) == special.tokens)
        #expect(tokenizer.decode(special.tokens) == special.text)
        #expect(tokenizer.encode("<|endoftext|>").allSatisfy { $0 < 400 })
        #expect(tokenizer.tokens("the").dtype == .int64)
    }

    @Test("half a character decodes to U+FFFD, and together with its other half to itself")
    func partial() throws {
        let tokenizer = BytePairTokenizer(training: "", vocabularySize: 256)
        let tokens = tokenizer.encode("é")
        #expect(tokens.count == 2 && tokenizer.decode(tokens) == "é" && tokenizer.decode([tokens[0]]) == "\u{FFFD}")
        #expect(tokenizer.encode("!") == [0] && tokenizer.vocabularySize == 256)
    }

    @Test("written files are read back equal, by Hugging Face too", .enabled(if: Python.has("json")))
    func writing() throws {
        try withTemporaryFolder { folder in
            let (vocabulary, merges) = (folder + "/vocab.json", folder + "/merges.txt")
            let trained = BytePairTokenizer(
                training: Self.golden.text, vocabularySize: 300, specialTokens: ["<|a|>", "<|é b|>"])
            #expect(trained.specialTokens == ["<|a|>": 298, "<|é b|>": 299])
            try trained.write(vocabulary: vocabulary, merges: merges)
            #expect(try BytePairTokenizer(vocabulary: vocabulary, merges: merges) == trained)
            if !Python.has("tokenizers") { return }
            let script = """
                import sys
                from tokenizers import ByteLevelBPETokenizer
                print(ByteLevelBPETokenizer(sys.argv[1], sys.argv[2]).encode(sys.argv[3]).ids)
                """
            let text = "We'll speak: Größe, 天地!"
            #expect(try Python.run(script, [vocabulary, merges, text]) == "\(trained.encode(text))\n")
        }
    }

    @Test("a word of a million letters takes no square of that")
    func longWord() {
        let tokenizer = BytePairTokenizer(training: "aaaaaaaa aaaaaaaa", vocabularySize: 260)
        let tokens = tokenizer.encode(String(repeating: "a", count: 100_000))
        #expect(tokens.count == 12_500 && Set(tokens).count == 1)
    }

    @Test("files that do not fit each other are errors with file and place")
    func errors() throws {
        let bytes = Dictionary(uniqueKeysWithValues: (0..<256).map { (ByteCharacters.text([UInt8($0)]), $0) })
        func message(_ vocabulary: [String: Int], _ merges: String) throws -> String {
            try withTemporaryFolder { folder in
                try write(JSONEncoder().encode(vocabulary), to: folder + "/v")
                try write(Array(merges.utf8), to: folder + "/m")
                let error = #expect(throws: FormatError.self) {
                    try BytePairTokenizer(vocabulary: folder + "/v", merges: folder + "/m")
                }
                return (error?.description ?? "").replacing(folder + "/", with: "")
            }
        }
        let with = bytes.merging(["ab": 256]) { a, _ in a }
        #expect(
            try message(bytes.merging(["ab": 300]) { a, _ in a }, "")
                == "v, \"ab\": expected a number in 0..<257, no other token's, found 300")
        var without = with
        without["a"] = nil
        without["x"] = 97
        without["ac"] = 120
        #expect(try message(without, "") == "v, \"a\": expected a token for each byte, found none")
        #expect(
            try message(with, "#version\na b\n\na b\n") == "m, line 4 (byte 14): expected each pair once, found \"a b\""
        )
        #expect(
            try message(with, "a b\nb c")
                == "m, line 2 (byte 4): expected a pair whose merge is in the vocabulary, found \"b c\"")
        #expect(
            try message(with, "a  b")
                == "m, line 1 (byte 0): expected two tokens with a space between them, found \"a  b\"")
        #expect(
            try message(with, "bc a") == "m, line 1 (byte 0): expected two tokens of the vocabulary, found \"bc a\"")
    }

    @Test("fuzz: damaged vocabularies and merges are read or refused")
    func fuzz() throws {
        let learnt = try #require(Self.golden.learnt["456"])
        let vocabulary = [UInt8](try JSONEncoder().encode(learnt.vocabulary))
        let merges = Array(learnt.merges.joined(separator: "\n").utf8)
        try withTemporaryFolder { folder in
            func read(_ vocabulary: [UInt8], _ merges: [UInt8]) throws {
                try write(vocabulary, to: folder + "/v")
                try write(merges, to: folder + "/m")
                let read = try BytePairTokenizer(vocabulary: folder + "/v", merges: folder + "/m")
                #expect(read.decode(read.encode("We'll see ½")) == "We'll see ½")
            }
            var fuzzer = Fuzzer("vocabulary", samples: [vocabulary], tokens: ["\"a\":", "1e99", "\\u0000", "{", "[["])
            fuzzer.count = 200
            try fuzzer.run { try read($0, merges) }
            fuzzer = Fuzzer("merges", samples: [merges], tokens: ["#version", " ", "\n", "a a", "\u{120}t"])
            fuzzer.count = 200
            try fuzzer.run { try read(vocabulary, $0) }
        }
    }

    @Test("wrong use stops with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = BytePairTokenizer(training: "", vocabularySize: 256, specialTokens: ["x"])
        }.expectMessage("BytePairTokenizer: expects a vocabulary of at least 256 bytes and 1 special tokens, got 256")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = BytePairTokenizer(training: "", vocabularySize: 256).decode([256])
        }.expectMessage("decode: expects tokens in 0..<256, got 256")
    }
}
