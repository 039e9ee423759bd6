using System.Globalization;
using System.Text;

namespace EdgeVision.Mqtt.HomeAssistant;

/// <summary>
/// Templates (Jinja) that read the retained state of a camera. <c>None</c> is what Home Assistant shows as unknown: of a camera that does not look, nothing is
/// known, and least of all that nobody is there.
/// </summary>
internal static class StateTemplates
{
    /// <summary>Characters of a state in Home Assistant (MAX_LENGTH_STATE_STATE); longer ones are refused.</summary>
    private const int MaxState = 255;

    private const string IsLooking = "value_json.state == 'running'";

    public const string Healthy = "{{ 'ON' if value_json.healthy else 'OFF' }}";

    public const string Paused = "{{ 'ON' if value_json.state == 'paused' else 'OFF' }}";

    /// <summary>Attributes of the connectivity: what is wrong, and since when.</summary>
    public const string Condition = "{{ {'state': value_json.state, 'since': value_json.since, 'reason': value_json.reason} | tojson }}";

    public static string Model { get; } = string.Create(CultureInfo.InvariantCulture, $"{{{{ (value_json.model.name ~ ' ' ~ value_json.model.version)[:{MaxState}] }}}}");

    /// <param name="labels">Any of them; none for anything.</param>
    public static string Occupied(IReadOnlyList<string> labels) => $"{{{{ ('ON' if ({Sum(labels)}) > 0 else 'OFF') if {IsLooking} else None }}}}";

    public static string Count(string label) => $"{{{{ {CountOf(label)} if {IsLooking} else None }}}}";

    /// <param name="name">Of a number in the state, which may be null.</param>
    public static string Figure(string name) => $"{{{{ value_json.{name} if {IsLooking} else None }}}}";

    /// <remarks>A list, not a chain of <c>+</c>: 200 of those are nested deeper than Python reads.</remarks>
    private static string Sum(IReadOnlyList<string> labels) => labels.Count switch
    {
        0 => "value_json.counts.values() | sum",
        1 => CountOf(labels[0]),
        _ => $"[{string.Join(", ", labels.Select(CountOf))}] | sum",
    };

    /// <summary>By <c>get</c>: a label might be called <c>items</c>, which a subscript takes for the method.</summary>
    private static string CountOf(string label) => $"value_json.counts.get({Quote(label)}, 0)";

    /// <summary>A text literal; whatever might mean something to a template is escaped.</summary>
    private static string Quote(string text)
    {
        var literal = new StringBuilder("'");
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii && (Rune.IsLetterOrDigit(rune) || rune.Value is ' ' or '-' or '_' or '.' or '/' or '&' or '(' or ')')) literal.Append(rune);
            else literal.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}");
        }

        return literal.Append('\'').ToString();
    }
}
