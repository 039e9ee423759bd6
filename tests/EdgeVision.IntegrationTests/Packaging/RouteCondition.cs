using System.Text.RegularExpressions;

namespace EdgeVision.IntegrationTests.Packaging;

/// <summary>A route of edgeHub as far as ours go: comparisons of application properties with texts, joined by AND or by OR.</summary>
internal sealed partial record RouteCondition(string Source, string Sink, IReadOnlyList<(string Property, bool Equal, string Text)> Comparisons, bool All)
{
    public static RouteCondition Parse(string route)
    {
        var whole = Route().Match(route);
        Assert.True(whole.Success, $"'{route}' is no route.");
        var condition = whole.Groups["condition"].Value;
        var (hasAnd, hasOr) = (condition.Contains(" AND ", StringComparison.Ordinal), condition.Contains(" OR ", StringComparison.Ordinal));
        Assert.False(hasAnd && hasOr, $"'{route}' mixes AND and OR; say it in two routes.");
        var comparisons = condition.Length == 0 ? [] : condition.Split([" AND ", " OR "], StringSplitOptions.None).Select(text =>
        {
            var comparison = Comparison().Match(text);
            Assert.True(comparison.Success, $"'{text}' in '{route}' is no comparison of a property with a text.");
            return (comparison.Groups["property"].Value, comparison.Groups["operator"].Value == "=", comparison.Groups["text"].Value);
        }).ToList();
        return new RouteCondition(whole.Groups["source"].Value, whole.Groups["sink"].Value, comparisons, !hasOr);
    }

    /// <summary>Whether a message with one application property goes this way.</summary>
    public bool Takes(string property, string value)
    {
        bool Holds((string Property, bool Equal, string Text) c) => c.Property == property && (c.Text == value) == c.Equal;
        return All ? Comparisons.All(Holds) : Comparisons.Any(Holds);
    }

    [GeneratedRegex(@"^FROM (?<source>/\S+)( WHERE (?<condition>.+))? INTO (?<sink>\$upstream|BrokeredEndpoint\(""/modules/[A-Za-z0-9_-]+/inputs/[A-Za-z0-9_-]+""\))$")]
    private static partial Regex Route();

    [GeneratedRegex("^(?<property>[A-Za-z]+) (?<operator>=|<>) '(?<text>[^']*)'$")]
    private static partial Regex Comparison();
}
