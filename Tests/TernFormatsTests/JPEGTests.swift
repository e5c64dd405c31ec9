import Testing

@testable import TernFormats

@Suite struct JPEGTests {
    @Test("without TurboJPEG the error names the package to install")
    func absent() {
        #expect(TurboJPEG(["libturbojpeg-that-is-not-there.so.0"]) == nil)
        #expect(
            throws: FormatError(
                "photo.jpg",
                expected: "TurboJPEG to read a JPEG picture (apt install libturbojpeg0, dnf install turbojpeg or "
                    + "brew install jpeg-turbo)",
                found: "no libturbojpeg.so.0")
        ) {
            try JPEG.read([0xFF, 0xD8, 0xFF], name: "photo.jpg", maximumPixelCount: 1, by: nil)
        }
    }
}
