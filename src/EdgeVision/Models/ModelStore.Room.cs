namespace EdgeVision.Models;

public sealed partial class ModelStore
{
    /// <summary>Of all added models.</summary>
    public long Bytes() => List().Where(static m => !m.IsBundled).Sum(static m => BytesOf(m.Folder));

    /// <summary>
    /// Removes models until the rest has at most so many bytes, longest unused first; never one with a mark, a bundled one, or one of
    /// <paramref name="keep"/> (NAME@VERSION each). Also what killed processes left half done.
    /// </summary>
    /// <exception cref="ModelException">It is not known what is in use, or something cannot be removed.</exception>
    public StoreCollection Collect(long maxBytes, IReadOnlyCollection<string>? keep = null)
    {
        if (!Directory.Exists(_folder)) return new StoreCollection([], 0, Fits: true);
        using var held = StoreLock.Take(_folder);
        return CollectHeld(maxBytes, keep ?? []);
    }

    private StoreCollection CollectHeld(long maxBytes, IReadOnlyCollection<string> keep)
    {
        RemoveAbandoned();
        var models = List().Where(static m => !m.IsBundled)
            .Select(static m => (Model: m, Bytes: BytesOf(m.Folder), UsedAt: Directory.GetLastWriteTimeUtc(m.Folder)))
            .OrderBy(static m => m.UsedAt).ThenBy(static m => m.Model.ToString(), StringComparer.Ordinal).ToList();
        var (left, removed) = (models.Sum(static m => m.Bytes), new List<StoredModel>());
        if (left <= maxBytes) return new StoreCollection(removed, left, Fits: true);
        var needed = ReadMarks().Values.Concat(keep).ToHashSet(StringComparer.Ordinal);
        foreach (var (model, bytes, _) in models.Where(m => !needed.Contains(m.Model.ToString())))
        {
            if (left <= maxBytes) break;
            Take(model);
            removed.Add(model);
            left -= bytes;
        }

        return new StoreCollection(removed, left, left <= maxBytes);
    }

    /// <summary>Its new model is on disk already, beside the others and without a name; room is made for it, or it is refused.</summary>
    private void MakeRoom(long bytes, string model, IReadOnlyCollection<string> keep)
    {
        if (options is null) return;
        var collection = CollectHeld(options.MaxBytes - bytes, keep);
        if (collection.Fits) return;
        throw new ModelException(
            $"Model {model} has {bytes} bytes and does not fit: the store holds {collection.Bytes} that are in use or last good, and may hold {options.MaxBytes}. Raise EdgeVision:Models:MaxMegabytes, or remove models.");
    }

    /// <summary>Somebody who still copies holds the lock beside it.</summary>
    private void RemoveAbandoned()
    {
        foreach (var left in Folders(_folder).Where(static f => Path.GetFileName(f).StartsWith(Unfinished, StringComparison.Ordinal)))
        {
            using (var held = StoreLock.TryOpen(left + LockSuffix))
            {
                if (held is null) continue;
                Discard(left);
            }

            Forget(left);
        }
    }

    private static long BytesOf(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).EnumerateFiles().Sum(static f => f.Length);
        }
        catch (DirectoryNotFoundException)
        {
            return 0; // Somebody has just removed it.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"The folder '{folder}' of the model store cannot be read ({e.Message.TrimEnd('.')}); one that this user may read was expected. Check its permissions.", e);
        }
    }
}
