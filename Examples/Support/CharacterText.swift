import Tern

/// The characters of a text as tokens: nine tenths to train with, and the end for the validation.
package struct CharacterText {
    package let tokenizer: CharacterTokenizer
    package let train, validation: Tensor

    /// A text file, or without one sentences of a small grammar.
    ///
    /// - Parameter length: of the windows that will be taken from both parts.
    package init(_ path: String?, windows length: Int) throws {
        if path == nil { print("sentences that this program makes up; --data takes a text") }
        let text =
            try path.map { String(decoding: try contents(ofFile: $0, expected: "a text"), as: UTF8.self) }
            ?? sentences(count: 8000)
        tokenizer = CharacterTokenizer(of: text)
        let tokens = try tokenizer.tokens(text)
        let border = tokens.count * 9 / 10
        if tokens.count - border <= length {
            throw FormatError(
                path ?? "the text", expected: "more than \(10 * length) characters", found: "\(tokens.count)")
        }
        (train, validation) = (tokens[0..<border], tokens[border...])
    }

    /// What a text that is written on begins with: the end of a line.
    package var start: [Int] { (try? tokenizer.encode("\n")) ?? [0] }
}

/// Sentences such as `the small bird sees a tree.`, one a line, about 5 bits each.
private func sentences(count: Int) -> String {
    let articles = ["the", "a"]
    let adjectives = ["", " small", " old", " white", " quick"]
    let nouns = ["bird", "tern", "fish", "boat", "child", "wave"]
    let verbs = ["sees", "follows", "likes", "finds"]
    var numbers = Generator(seed: 1)
    func any(_ words: [String]) -> String { words.randomElement(using: &numbers)! }
    func thing() -> String { any(articles) + any(adjectives) + " " + any(nouns) }
    return (0..<count).map { _ in "\(thing()) \(any(verbs)) \(thing()).\n" }.joined()
}
