using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;

namespace EdgeVision.Onnx;

/// <summary>
/// Models as ONNX Runtime has optimised them for this processor, kept for the next start. Never needed: with whatever is wrong with the folder the
/// model is loaded from its weights. One process at a time uses the folder.
/// </summary>
internal sealed partial class OptimisedModelCache
{
    /// <summary>A node's own models, the one before the last change, and one to try.</summary>
    private const int MaxFiles = 4;

    /// <summary>So many times the weights must be free: an optimised model of 16-bit weights is twice their size, and events need the rest.</summary>
    private const int SpareFactor = 10;

    private const string Extension = ".onnx";

    /// <summary>Behind the name while it is written.</summary>
    private const string DraftExtension = ".new";

    private readonly string _folder;
    private readonly string _model;
    private readonly string _key;
    private readonly string _weights;
    private readonly ILogger _log;
    private bool _unusable;

    /// <param name="folder">Made when missing, for this user alone.</param>
    /// <param name="weights">The file that is optimised.</param>
    /// <param name="sha256">Of the weights.</param>
    /// <param name="graphOptions">Whatever else makes ONNX Runtime optimise otherwise.</param>
    /// <param name="log">Told what is kept and what does not work.</param>
    public OptimisedModelCache(string folder, string weights, string sha256, string graphOptions, ILogger log)
    {
        (_folder, _weights, _model, _log) = (folder, weights, sha256[..16], log);
        _key = string.Join('\n', sha256, OrtEnv.Instance().GetVersionString(), CpuFeatures.Text, graphOptions);
        Path = System.IO.Path.Combine(folder, $"{_model}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_key)))[..16]}{Extension}");
    }

    /// <summary>Where the model for this key lies, or would.</summary>
    public string Path { get; }

    /// <summary>True when the model for this key lies there and may be trusted.</summary>
    public bool Find()
    {
        try
        {
            Prepare();
            if (!File.Exists(Path)) return false;
            if (OptimisedModelFile.WhyNot(Path, _key) is { } reason)
            {
                Discard(reason);
                return false;
            }

            File.SetLastWriteTimeUtc(Path, TimeProvider.System.GetUtcNow().UtcDateTime);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            GiveUp(e);
            return false;
        }
    }

    /// <summary>Makes the file for the next start.</summary>
    /// <param name="save">Makes ONNX Runtime write the model to a path.</param>
    /// <param name="tryOut">Opens it: what does not open today shall not lie there tomorrow.</param>
    public void Store(Action<string> save, Action<string> tryOut)
    {
        if (_unusable) return;
        var draft = Path + DraftExtension;
        try
        {
            File.Delete(draft);
            CheckSpace();
            save(draft);
            OptimisedModelFile.Seal(draft, _key);
            if (OptimisedModelFile.WhyNot(draft, _key) is { } reason) throw new IOException($"'{draft}' was written and {reason}.");
            tryOut(draft);
            File.Move(draft, Path, overwrite: true);
            RemoveOthers();
            Stored(_log, Path, new FileInfo(Path).Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OnnxRuntimeException)
        {
            GiveUp(e);
            TryDelete(draft);
        }
    }

    /// <summary>Events need the disk more than a fast start does: a draft that fails when the disk is full has taken it from them meanwhile.</summary>
    private void CheckSpace()
    {
        var needed = SpareFactor * new FileInfo(_weights).Length;
        var free = new DriveInfo(System.IO.Path.GetFullPath(_folder)).AvailableFreeSpace;
        if (free < needed) throw new IOException($"{free >> 20} MB are free where {needed >> 20} MB were expected, {SpareFactor} times the model");
    }

    /// <summary>What stands there is not to be used.</summary>
    public void Discard(string reason)
    {
        Replaced(_log, Path, reason);
        TryDelete(Path);
    }

    /// <summary>A stored model is run as it is, so nobody else may write one: the folder is this user's alone.</summary>
    private void Prepare()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_folder);
            return;
        }

        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(_folder, Owner);
        var mode = File.GetUnixFileMode(_folder);
        if ((mode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0)
            throw new IOException($"Others may write to '{_folder}'; take that away (chmod 700).");
    }

    /// <summary>The same model for what this machine no longer is, and the longest unused beyond the limit.</summary>
    private void RemoveOthers()
    {
        var files = new DirectoryInfo(_folder).GetFiles().Where(f => f.Extension is Extension or DraftExtension && f.FullName != System.IO.Path.GetFullPath(Path)).ToList();
        var stale = files.Where(f => f.Extension == DraftExtension || f.Name.StartsWith(_model, StringComparison.Ordinal)).ToList();
        stale.AddRange(files.Except(stale).OrderByDescending(static f => f.LastWriteTimeUtc).Skip(MaxFiles - 1).ToList());
        foreach (var file in stale) file.Delete();
    }

    private void GiveUp(Exception e)
    {
        Unusable(_log, _folder, OrtMessage.FirstLine(e.Message));
        _unusable = true;
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It will be refused again, or written over, at the next start.
        }
    }

    [LoggerMessage(EventIds.OptimisedModelStored, LogLevel.Information, "The model as optimised for this processor is kept in '{Path}' ({Bytes} bytes); the next start is faster.")]
    private static partial void Stored(ILogger log, string path, long bytes);

    [LoggerMessage(EventIds.OptimisedModelReplaced, LogLevel.Warning, "The optimised model '{Path}' is not used: {Reason}. It is made again.")]
    private static partial void Replaced(ILogger log, string path, string reason);

    [LoggerMessage(EventIds.OptimisedModelUnusable, LogLevel.Warning, "No optimised model can be kept in '{Folder}': {Reason}. Every start optimises again, which takes a moment and changes no result.")]
    private static partial void Unusable(ILogger log, string folder, string reason);
}
