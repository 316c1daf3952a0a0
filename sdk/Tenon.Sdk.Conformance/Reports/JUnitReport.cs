using System.Globalization;
using System.Xml.Linq;

namespace Tenon.Sdk.Conformance;

/// <summary>A report as JUnit's XML, which build servers read.</summary>
public static class JUnitReport
{
    /// <summary>The document of some reports.</summary>
    public static XDocument Create(IEnumerable<ConformanceReport> reports)
    {
        ArgumentNullException.ThrowIfNull(reports);
        return new(new XElement("testsuites", reports.SelectMany(r => r.Results.GroupBy(c => c.Group).Select(g => Suite(r, g.Key, [.. g])))));
    }

    private static XElement Suite(ConformanceReport report, string group, CaseResult[] cases) => new(
        "testsuite",
        new XAttribute("name", $"{Title(report)}.{group}"),
        new XAttribute("tests", cases.Length),
        new XAttribute("failures", cases.Count(c => c.IsFailure)),
        new XAttribute("skipped", cases.Count(c => c.Outcome is CaseOutcome.Skipped or CaseOutcome.Expected)),
        new XAttribute("time", Seconds(cases.Sum(c => c.Seconds))),
        cases.Select(c => Case(report, c)));

    private static XElement Case(ConformanceReport report, CaseResult c) => new(
        "testcase",
        new XAttribute("classname", $"{Title(report)}.{c.Group}"),
        new XAttribute("name", c.Name),
        new XAttribute("time", Seconds(c.Seconds)),
        c.IsFailure ? new XElement("failure", new XAttribute("type", c.Outcome), new XAttribute("message", Clean(c.Message)))
            : c.Outcome == CaseOutcome.Passed ? null
            : new XElement("skipped", new XAttribute("message", Clean($"{c.Outcome}: {c.Message}"))));

    private static string Title(ConformanceReport report) => report.Generator is null ? report.Device : $"{report.Device}/{report.Generator}";

    private static string Seconds(double seconds) => seconds.ToString("0.000", CultureInfo.InvariantCulture);

    // XML has no other control characters.
    private static string Clean(string text) => new([.. text.Select(c => char.IsControl(c) && c is not ('\n' or '\t') ? '?' : c)]);
}
