using System.Text;

namespace EdgeVision.Azure.Hub;

/// <summary>
/// The properties at the end of a hub topic: <c>k=v&amp;k=v</c>, both sides percent-encoded. A hub drops a message with a property twice and
/// acknowledges it all the same, so that must never be sent.
/// </summary>
public static class PropertyBag
{
    /// <summary>As the end of a topic.</summary>
    /// <exception cref="ArgumentException">A name is empty or twice: the message would be lost in silence.</exception>
    public static string Write(params ReadOnlySpan<(string Name, string Value)> properties)
    {
        var bag = new StringBuilder();
        for (var i = 0; i < properties.Length; i++)
        {
            var (name, value) = properties[i];
            if (name.Length == 0) throw new ArgumentException("A property has no name.", nameof(properties));
            for (var j = 0; j < i; j++)
                if (properties[j].Name == name) throw new ArgumentException($"Property '{name}' is there twice.", nameof(properties));
            if (i > 0) bag.Append('&');
            bag.Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        }

        return bag.ToString();
    }

    /// <summary>What a hub sent. A leading <c>?</c> and a trailing <c>/</c> are allowed; the first of a name counts; a name alone has an empty value.</summary>
    public static Dictionary<string, string> Read(string bag)
    {
        ArgumentNullException.ThrowIfNull(bag);
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in bag.TrimStart('?').TrimEnd('/').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            var name = Uri.UnescapeDataString(at < 0 ? part : part[..at]);
            if (name.Length > 0) properties.TryAdd(name, at < 0 ? "" : Uri.UnescapeDataString(part[(at + 1)..]));
        }

        return properties;
    }
}
