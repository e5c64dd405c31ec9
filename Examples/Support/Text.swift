import Foundation

/// A number with so many digits behind the point.
package func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

/// A share in hundredths, such as `98.26 %`.
package func percent(_ share: Double) -> String { fixed(share * 100, 2) + " %" }
