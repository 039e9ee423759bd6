using System.Diagnostics.CodeAnalysis;

namespace EdgeVision.Simulator;

/// <summary>What a module says on <paramref name="Output"/> arrives at <paramref name="Input"/> of <paramref name="Module"/>.</summary>
/// <param name="Module">Null means the module that said it.</param>
public sealed record Route(string Output, string? Module, string Input)
{
    /// <summary>Reads <c>output=input</c> or <c>output=module/input</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Route? route)
    {
        ArgumentNullException.ThrowIfNull(text);
        route = null;
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0) return false;
        var target = text[(equals + 1)..].Split('/');
        if (target.Length > 2 || target.Any(string.IsNullOrWhiteSpace)) return false;
        route = new Route(text[..equals], target.Length == 2 ? target[0] : null, target[^1]);
        return true;
    }
}
