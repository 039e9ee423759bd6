using EdgeVision.Commands;

namespace EdgeVision.Module.Remote;

/// <summary>What there is, for who asked for something else.</summary>
internal static class Names
{
    /// <summary>More would fill a page.</summary>
    private const int MaxNames = 50;

    public static CommandAnswer Unknown(string kind, IReadOnlyList<string> known)
    {
        var names = string.Join(", ", known.Take(MaxNames)) + (known.Count > MaxNames ? ", …" : "");
        return CommandAnswer.Refusal(CommandAnswer.Unknown, known.Count == 0 ? $"There is no such {kind}; this node has none." : $"There is no such {kind}; there are {names}.");
    }
}
