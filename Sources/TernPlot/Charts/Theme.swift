/// The colours of a picture.
public enum Theme: Sendable, CaseIterable {
    /// Dark on white.
    case light
    /// Light on a dark ground.
    case dark
    /// Light or dark as the reader's system is set (`prefers-color-scheme`); light on paper. For browsers: programs that
    /// convert SVG to pixels show the light colours.
    case automatic
}

/// The colours of one of the two themes.
struct Palette: Sendable {
    let paper: Color
    let ink: Color
    /// Labels of ticks, footnotes.
    let muted: Color
    let grid: Color
    let axis: Color
    /// The strongest colour of a heat map; weaker ones lie between it and the paper.
    let heat: Color
    let wrong: Color
    let right: Color
    /// The colours of the series, in their order. Chosen by a search for the largest distances (in OKLab) between all
    /// of the first 2, 3, 4, 6 and 8 for normal eyes and for three kinds of colour blindness (Machado et al. 2009), each
    /// with a contrast of at least 3 to the paper.
    let series: [Color]

    static let light = Palette(
        paper: Color(0xffffff), ink: Color(0x1b1f24), muted: Color(0x59636e), grid: Color(0xe6e9ed),
        axis: Color(0x9aa3ad), heat: Color(0x08458c), wrong: Color(0xc62828), right: Color(0x1a7f37),
        series: [0x1d6ce5, 0xf06206, 0x00562f, 0xa54584, 0x6d6104, 0xa188d3, 0x3a949a, 0x830700].map(Color.init))

    static let dark = Palette(
        paper: Color(0x16191d), ink: Color(0xe8eaed), muted: Color(0xa3abb5), grid: Color(0x2b3037),
        axis: Color(0x646d78), heat: Color(0x8cc4ff), wrong: Color(0xff7b72), right: Color(0x56d364),
        series: [0x3d8ffb, 0xd67312, 0xa3fdba, 0xdf98c4, 0xfed40c, 0x9a82b6, 0x76e3f3, 0xf37b69].map(Color.init))

    /// What is NaN in a picture or heat map, where all greys and shades are numbers; black text is readable on it.
    static let missing = Color(0xe65fe6)

    /// Whether text on a cell of a heat map is to be white rather than black: the more readable one.
    func wantsWhiteText(onHeat share: Double) -> Bool {
        let cell = heat.over(paper, share)
        return cell.contrast(with: Color(0xffffff)) > cell.contrast(with: Color(0))
    }
}
