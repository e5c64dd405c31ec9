#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The functions of the library TurboJPEG that reading takes, as its versions 1.2 to 3 have them.
/// Source: <https://github.com/libjpeg-turbo/libjpeg-turbo/blob/main/src/turbojpeg.h>.
struct TurboJPEG: Sendable {
    static let names = ["libturbojpeg.so.0", "libturbojpeg.so", "libturbojpeg.dylib"]
    /// Nil if the system has none.
    static let shared = TurboJPEG(names)

    /// A picture, its samples pixel by pixel.
    struct Pixels {
        var width: Int
        var height: Int
        var channels: Int
        var samples: [UInt8]
    }

    private typealias Handle = OpaquePointer
    private typealias Bytes = UnsafePointer<UInt8>
    private typealias Number = UnsafeMutablePointer<Int32>

    private let makeDecompressor: @convention(c) () -> Handle?
    private let destroy: @convention(c) (Handle?) -> Int32
    private let header: @convention(c) (Handle?, Bytes?, UInt, Number, Number, Number, Number) -> Int32
    private let decompress:
        @convention(c) (Handle?, Bytes?, UInt, UnsafeMutablePointer<UInt8>?, Int32, Int32, Int32, Int32, Int32) -> Int32
    private let message: @convention(c) () -> UnsafePointer<CChar>?

    /// The first library of these names that the system has.
    init?(_ names: [String]) {
        guard let library = names.lazy.compactMap({ dlopen($0, RTLD_NOW | RTLD_LOCAL) }).first else { return nil }
        func function<F>(_ name: String, as type: F.Type) -> F? {
            dlsym(library, name).map { unsafeBitCast($0, to: type) }
        }
        guard let makeDecompressor = function("tjInitDecompress", as: type(of: self.makeDecompressor)),
            let destroy = function("tjDestroy", as: type(of: self.destroy)),
            let header = function("tjDecompressHeader3", as: type(of: self.header)),
            let decompress = function("tjDecompress2", as: type(of: self.decompress)),
            let message = function("tjGetErrorStr", as: type(of: self.message))
        else { return nil }
        (self.makeDecompressor, self.destroy, self.header) = (makeDecompressor, destroy, header)
        (self.decompress, self.message) = (decompress, message)
    }

    func decode(_ bytes: [UInt8], name: String, maximumPixelCount: Int) throws(FormatError) -> Pixels {
        func failure() -> FormatError {
            let found = message().map { String(cString: $0) } ?? "an error without a message"
            return FormatError(name, expected: "a whole JPEG picture", found: found)
        }
        guard let handle = makeDecompressor() else { throw failure() }
        defer { _ = destroy(handle) }
        var (width, height, subsampling, colors): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        if header(handle, bytes, UInt(bytes.count), &width, &height, &subsampling, &colors) != 0 { throw failure() }
        if width < 1 || height < 1 || Int(width) * Int(height) > maximumPixelCount {
            throw FormatError(
                name, expected: "1 to \(maximumPixelCount) pixels", found: "\(width) x \(height)")
        }
        // Of TJCS, TJCS_GRAY is 2; of TJPF, TJPF_RGB is 0 and TJPF_GRAY 6.
        let (channels, format): (Int, Int32) = colors == 2 ? (1, 6) : (3, 0)
        var status: Int32 = 0
        let count = Int(width) * Int(height) * channels
        let samples = [UInt8](unsafeUninitializedCapacity: count) { samples, initializedCount in
            // Of a picture that is cut short the rest stays grey, and the call fails.
            samples.initialize(repeating: 0)
            status = decompress(
                handle, bytes, UInt(bytes.count), samples.baseAddress, width, 0, height, format, 0)
            initializedCount = count
        }
        if status != 0 { throw failure() }
        return Pixels(width: Int(width), height: Int(height), channels: channels, samples: samples)
    }
}
