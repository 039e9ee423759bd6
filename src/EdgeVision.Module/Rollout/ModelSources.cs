using System.Security.Cryptography;
using EdgeVision.Models;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Rollout;

/// <summary>Where models come from: a folder, an .onnx file, a package of one file, or an address with one of the last two.</summary>
internal sealed class ModelSources(ModelStore store, ModelStoreOptions options, TimeProvider time, ILogger log)
{
    /// <summary>Brings it here and unpacks it; nothing of it has been verified but its sha256 and, of a package of one file, its signature.</summary>
    /// <param name="source">A path, or an https address; http on loopback.</param>
    /// <param name="sha256">Of the file that is meant, hex; null when nobody knows.</param>
    /// <param name="progress">Of a download; null for nobody.</param>
    /// <param name="stopping">What has come is kept.</param>
    /// <returns>The model, which the caller disposes once it is in the store; or one sentence.</returns>
    public async Task<FetchResult> FetchAsync(string source, string? sha256, IProgress<DownloadProgress>? progress, CancellationToken stopping)
    {
        if (!DownloadAddress.IsAddress(source)) return Open(Path.GetFullPath(source), sha256, stopping);
        if (!Uri.TryCreate(source, UriKind.Absolute, out var address)) return FetchResult.Failed("The address of the model is none; https://host/path was expected. Correct it.");
        var limits = new DownloadLimits { MaxBytes = Math.Min(options.MaxBytes, PackageArchive.MaxBytes), WholeTime = options.DownloadTime };
        var download = new ModelDownload(Path.Combine(store.Folder, ModelDownload.FolderName), limits, time, log);
        var result = await download.FetchAsync(address, sha256, progress, stopping).ConfigureAwait(false);
        if (result.Path is not { } path) return FetchResult.Failed(result.Error!, result.IsTemporary);
        var file = new DownloadedFile(path);
        var opened = Open(path, null, stopping);
        if (opened.Model is { } model) return FetchResult.Of(model with { Owned = [.. model.Owned, file] });
        file.Dispose();
        return opened;
    }

    private FetchResult Open(string path, string? sha256, CancellationToken stopping)
    {
        try
        {
            if (sha256 is not null && Differs(path, sha256) is { } difference) return FetchResult.Failed(difference);
            if (!PackageArchive.IsArchive(path)) return FetchResult.Of(new FetchedModel(path));
            return FetchResult.Of(Unpack(path, stopping));
        }
        catch (ModelException e)
        {
            return FetchResult.Failed(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return FetchResult.Failed($"'{path}' cannot be read ({e.Message.TrimEnd('.')}); a model was expected there. Check its permissions and its disk.");
        }
    }

    /// <summary>Signed as it must be, before anybody looks at the weights.</summary>
    private FetchedModel Unpack(string path, CancellationToken stopping)
    {
        var unpacked = store.Unpack(path, stopping);
        try
        {
            if (store.Trust.IsRequired) store.Trust.Require(ModelPackage.Read(unpacked.Folder));
            return new FetchedModel(unpacked.Folder, unpacked);
        }
        catch
        {
            unpacked.Dispose();
            throw;
        }
    }

    private static string? Differs(string path, string sha256)
    {
        if (Directory.Exists(path)) return $"'{path}' is a folder, which has no sha256; a file was expected with it. Leave --sha256 out, or pack the folder with edgevision model pack.";
        using var file = File.OpenRead(path);
        var actual = Convert.ToHexStringLower(SHA256.HashData(file));
        return actual.Equals(sha256, StringComparison.OrdinalIgnoreCase) ? null : $"'{path}' has the sha256 {actual}, {sha256} was expected. Correct --sha256, or get the file again.";
    }
}
