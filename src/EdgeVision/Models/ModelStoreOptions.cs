using EdgeVision.Configuration;

namespace EdgeVision.Models;

/// <summary>How much the store may hold, and from whom.</summary>
/// <param name="MaxBytes">Of the added models together.</param>
/// <param name="DownloadTime">For a whole download, all its attempts together.</param>
/// <param name="Trust">Whose packages are taken.</param>
public sealed record ModelStoreOptions(long MaxBytes, TimeSpan DownloadTime, PackageTrust Trust)
{
    /// <summary>The section's name.</summary>
    public const string Key = "Models";

    public static ModelStoreOptions Read(OptionsReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return new ModelStoreOptions(
            reader.Integer("MaxMegabytes", 4096, 16, 1_000_000,
                "Megabytes of added models; to make room for one, those go that were not used for longest, never the one in use, the last good one or a bundled one. Raising it keeps more to go back to.") * 1_000_000L,
            reader.Milliseconds("DownloadTimeoutMs", 3_600_000, 10_000, 86_400_000, "How long a download may take, all its attempts together. What came until then is kept, and the next one goes on from there."),
            PackageTrust.Of(reader.Texts("TrustedKeys",
                "Public keys (ECDSA, P-256): PEM files, or the PEM texts themselves. With any, a model that none of them signed is refused, added or used; bundled ones are EdgeVision's own. Set it wherever others can reach the place that models come from.",
                text => PackageTrust.Check(Full(reader, text))).Select(text => Full(reader, text))));
    }

    private static string Full(OptionsReader reader, string text) => text.Contains("-----BEGIN", StringComparison.Ordinal) ? text : reader.FullPath(text);
}
