using EdgeVision.Configuration;

namespace EdgeVision.Module.Live;

/// <summary>What became of a configuration from the hub.</summary>
/// <param name="Mistakes">Empty when it is in force.</param>
/// <param name="HasChanged">False when it already was.</param>
internal sealed record ApplyResult(IReadOnlyList<ConfigurationMistake> Mistakes, bool HasChanged)
{
    public bool IsAccepted => Mistakes.Count == 0;

    public static ApplyResult Rejected(IReadOnlyList<ConfigurationMistake> mistakes) => new(mistakes, HasChanged: false);
}
