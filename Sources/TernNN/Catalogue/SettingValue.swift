/// What a model file says of one setting of a layer.
public indirect enum SettingValue: Hashable, Sendable {
    /// An optional setting that is not there.
    case absent
    /// Yes or no.
    case flag(Bool)
    /// A whole number.
    case integer(Int)
    /// A number with fractions.
    case number(Double)
    /// A text, such as the name of a mode.
    case text(String)
    /// Several values.
    case list([SettingValue])
    /// A layer within the layer.
    case layer(LayerRecord)
    /// A layer that the model has in two places: the one that is at `path`, too.
    case same(path: String)
}

/// What a model file says of one layer: enough to make it anew.
public struct LayerRecord: Hashable, Sendable {
    /// The name of the layer's type in the catalogue, such as `TernLayers.Linear`.
    public var type: String
    /// The version of the type's settings and parameters.
    public var version: Int
    /// Where the model has it, such as `encoder.0`; empty for the model itself.
    public var path: String
    /// By name.
    public var settings: [String: SettingValue]

    /// - Parameters:
    ///   - type: the name of the layer's type in the catalogue.
    ///   - version: of the type's settings and parameters.
    ///   - path: where the model has it.
    ///   - settings: by name.
    public init(type: String, version: Int = 1, path: String = "", settings: [String: SettingValue] = [:]) {
        self.type = type
        self.version = version
        self.path = path
        self.settings = settings
    }
}

extension SettingValue: CustomStringConvertible {
    /// For messages: of bounded length.
    public var description: String {
        switch self {
        case .absent: "nothing"
        case .flag(let flag): "\(flag)"
        case .integer(let number): "\(number)"
        case .number(let number): "\(number)"
        case .text(let text): "'\(text.prefix(40).map { $0.isNewline ? " " : "\($0)" }.joined())'"
        case .list(let values):
            "[\(values.prefix(8).map(\.description).joined(separator: ", "))\(values.count > 8 ? ", ..." : "")]"
        case .layer(let record): "a layer \(SettingValue.text(record.type))"
        case .same: "a reference to another layer"
        }
    }
}

extension SettingValue {
    /// The layers that this value holds, not those within them.
    var layers: [LayerRecord] {
        switch self {
        case .layer(let record): [record]
        case .list(let values): values.flatMap(\.layers)
        default: []
        }
    }
}

extension LayerRecord {
    /// Calls `body` for this layer and all within it.
    package func visit(_ body: (LayerRecord) -> Void) {
        body(self)
        for (_, value) in settings.sorted(by: { $0.key < $1.key }) { for layer in value.layers { layer.visit(body) } }
    }
}
