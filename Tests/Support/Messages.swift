import Testing

extension ExitTest.Result? {
    /// Expects that the process stopped with this message, to the letter.
    public func expectMessage(_ message: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let text = self.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
        #expect(
            text.contains("Fatal error: \(message)\n"), "got: \(text.prefix(400))", sourceLocation: sourceLocation)
    }
}
