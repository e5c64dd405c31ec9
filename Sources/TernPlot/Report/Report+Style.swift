extension Report {
    /// The page's style sheet: colours are those of the pictures.
    static let style = """
        \(variables(.light, page: Color(0xf4f6f8)))
        *{box-sizing:border-box}
        body{margin:0;overflow-wrap:break-word;background:var(--page);color:var(--ink);font:15px/1.5 \(StyleSheet.fontFamily)}
        main{max-width:1160px;margin:0 auto;padding:32px 20px 48px;display:flex;flex-wrap:wrap;gap:16px}
        header,.results,.whole{flex:1 1 100%;min-width:0}
        header{margin:0 4px 4px}
        h1{font-size:28px;line-height:1.2;margin:0;font-weight:650;letter-spacing:-.01em}
        header p{margin:6px 0 0;color:var(--muted)}
        h2{font-size:17px;margin:0 0 12px;font-weight:600}
        section,.results div{background:var(--paper);border:1px solid var(--grid);border-radius:10px}
        section{padding:18px 20px;flex:1 1 460px;min-width:0}
        p{margin:0 0 10px;max-width:75ch}
        p:last-child{margin-bottom:0}
        .results{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,132px),1fr));gap:12px;margin:0}
        .results div{padding:12px 16px}
        dt{color:var(--muted);font-size:13px;overflow-wrap:anywhere}
        dd{margin:2px 0 0;font-size:24px;font-weight:600;line-height:1.25;overflow-wrap:anywhere}
        .wide{overflow-x:auto}
        table{border-collapse:collapse;font-size:14px}
        th,td{text-align:left;padding:6px 18px 6px 0;border-bottom:1px solid var(--grid);vertical-align:top}
        tr:last-child td,tr:last-child th[scope=row]{border-bottom:0}
        thead th{color:var(--muted);font-weight:500;border-bottom-color:var(--axis);vertical-align:bottom}
        th[scope=row]{color:var(--muted);font-weight:400;padding-right:28px;overflow-wrap:anywhere;min-width:7em}
        .fields td{overflow-wrap:anywhere;min-width:7em}
        .number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
        figure{margin:0;overflow-x:auto}
        figure svg{display:block;max-width:100%;height:auto}
        .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:12px}
        .plots figure{align-self:start}
        .plots svg{width:100%;max-width:680px}
        .pictures{display:flex;flex-wrap:wrap;gap:16px}
        .pictures figure{overflow:visible;text-align:center;font-size:13px;line-height:1.35;color:var(--muted);max-width:150px}
        .pictures img{image-rendering:pixelated;display:block;margin:3px auto 7px;outline:1px solid var(--axis)}
        .pictures b{color:var(--ink);font-weight:600}
        .pictures i{font-style:normal}
        .pictures .right i{color:var(--right)}
        .pictures .wrong b{color:var(--wrong)}
        .pictures .wrong img{outline:3px solid var(--wrong)}
        pre{margin:0;overflow-x:auto;font:12.5px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}
        @media(max-width:560px){main{padding:20px 12px}section{padding:14px}th,td{padding-right:10px}figure svg{min-width:380px}}
        @media print{body{background:#fff;font-size:11pt}main{max-width:none;padding:0;display:block}
        main>*,.results{margin-bottom:14px}.plots{grid-template-columns:1fr 1fr}
        section>figure svg{max-height:9cm;width:auto}
        section,.results div{border-color:#ccc}section,figure,tr{break-inside:avoid}h2{break-after:avoid}
        pre{white-space:pre-wrap;font-size:8pt}}
        @media screen and (prefers-color-scheme:dark){
        \(variables(.dark, page: Color(0x0e1013)))
        }
        \(StyleSheet.css(.automatic))
        """

    private static func variables(_ palette: Palette, page: Color) -> String {
        ":root{--page:\(page.css);--paper:\(palette.paper.css);--ink:\(palette.ink.css);--muted:\(palette.muted.css);"
            + "--grid:\(palette.grid.css);--axis:\(palette.axis.css);"
            + "--right:\(palette.right.css);--wrong:\(palette.wrong.css)}"
    }
}
