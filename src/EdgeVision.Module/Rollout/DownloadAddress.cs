using System.Text.RegularExpressions;

namespace EdgeVision.Module.Rollout;

/// <summary>Addresses that models may come from, and how they are shown: without what may be a secret.</summary>
internal static partial class DownloadAddress
{
    private const int MaxLength = 4096;

    /// <summary>True for what is meant as an address, right or wrong.</summary>
    public static bool IsAddress(string source) =>
        source.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || source.StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Null for one that may be asked, otherwise a sentence.</summary>
    public static string? Check(Uri address)
    {
        if (!address.IsAbsoluteUri || address.Scheme is not ("https" or "http")) return $"'{Show(address)}' is no address of a model; https://host/path was expected. Correct it.";
        if (address.OriginalString.Length > MaxLength) return $"The address of the model has {address.OriginalString.Length} characters, at most {MaxLength} were expected. Shorten it.";
        if (address.Scheme == "http" && !address.IsLoopback) return $"'{Show(address)}' is not encrypted and leaves this machine; https was expected. Use https.";
        return address.UserInfo.Length > 0 ? $"'{Show(address)}' holds a user or password, which would end up in logs elsewhere; an address without them was expected. Use one with a signature in its query (SAS)." : null;
    }

    /// <summary>For logs and errors. A query may be a signature that opens a storage account.</summary>
    public static string Show(Uri address) => !address.IsAbsoluteUri ? "(a relative address)"
        : $"{address.Scheme}://{address.Authority}{address.AbsolutePath}{(address.Query.Length > 0 ? "?…" : "")}";

    /// <summary>A proxy's address in an error of the network may hold its password.</summary>
    public static string Mask(string text) => Secrets().Replace(text, "$1…");

    [GeneratedRegex(@"(\?|://(?=[^\s/@'""]+@))[^\s@'""]+")]
    private static partial Regex Secrets();
}
