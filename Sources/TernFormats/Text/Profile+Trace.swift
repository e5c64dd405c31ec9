import TernCore

extension Profile {
    /// The profile in Chrome's trace event format, which https://ui.perfetto.dev and chrome://tracing show as bars in time:
    /// modules, operations, walks back and derivatives within each other, the memory of tensors as a curve. A bar that one
    /// clicks on tells shapes, attributes and floating-point operations.
    public var trace: String {
        let process = #""pid":1,"tid":1"#
        var lines = [
            #"{"name":"process_name","ph":"M",\#(process),"args":{"name":"Tern"}}"#,
            #"{"name":"thread_name","ph":"M",\#(process),"args":{"name":"operations"}}"#,
        ]
        for event in events {
            let name = event.kind == .derivative ? "derivative of \(event.name)" : event.name
            lines.append(
                #"{"name":\#(JSONText.string(name)),"cat":"\#(event.kind.rawValue)","ph":"X","#
                    + #""ts":\#(microseconds(event.start)),"dur":\#(microseconds(event.duration)),\#(process),"#
                    + #""args":{\#(arguments(of: event))}}"#)
        }
        for event in events.sorted(by: { $0.start + $0.duration < $1.start + $1.duration })
        where event.kind == .operation {
            lines.append(
                #"{"name":"memory","ph":"C","ts":\#(microseconds(event.start + event.duration)),\#(process),"#
                    + #""args":{"bytes":\#(event.liveBytes)}}"#)
        }
        return #"{"displayTimeUnit":"ms","traceEvents":["# + "\n" + lines.joined(separator: ",\n") + "\n]}\n"
    }

    /// Writes ``trace`` to a file, whole or not at all.
    public func writeTrace(to path: String) throws(FormatError) {
        let file = try OutputFile(path)
        try file.append(Array(trace.utf8))
        try file.commit()
    }

    private func arguments(of event: Event) -> String {
        if event.kind == .module || event.kind == .backward { return "" }
        func list(_ shapes: [Shape]) -> String { shapes.map { "\($0)" }.joined(separator: " ") }
        var texts = [
            ("module", event.modulePath), ("inputs", list(event.inputShapes)), ("outputs", list(event.outputShapes)),
        ]
        texts += event.attributes.entries.map { ($0.name, "\($0.value)") }
        var members = texts.filter { !$0.1.isEmpty }.map { "\(JSONText.string($0)):\(JSONText.string($1))" }
        if event.flops > 0 { members.append(#""flops":\#(event.flops)"#) }
        members.append(#""bytes":\#(event.bytes)"#)
        return members.joined(separator: ",")
    }
}

/// With all digits: a `Double` would round times after some hours.
private func microseconds(_ nanoseconds: Int) -> String {
    let digits = String(nanoseconds % 1000)
    return "\(nanoseconds / 1000).\(String(repeating: "0", count: 3 - digits.count))\(digits)"
}
