using System.ComponentModel;
using System.Diagnostics;
using System.IO.Pipes;
using System.Text;
using EdgeVision.Capture.Kernel;
using EdgeVision.Frames;
using Microsoft.Win32.SafeHandles;

namespace EdgeVision.Capture.Ffmpeg;

/// <summary>
/// A running ffmpeg. It does not outlive us: setpriv has the kernel kill it when the thread that started it ends (PR_SET_PDEATHSIG goes by
/// threads), so that thread is one of its own, which waits for the child and does nothing else.
/// </summary>
internal sealed class FfmpegChild : IDisposable
{
    /// <summary>To say goodbye to the camera (TEARDOWN): some keep a session that was not ended for a minute. The supervisor waits 3 s in all.</summary>
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(1);

    /// <summary>The most without privilege: fewer changes between its writing and our reading than the usual 64 KiB.</summary>
    private const int PipeBytes = 1 << 20;

    private readonly Process _process;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool _disposed;

    private FfmpegChild(ProcessStartInfo start) => _process = new Process { StartInfo = start };

    /// <summary>Raw video.</summary>
    public SafeFileHandle Output { get; private set; } = new();

    /// <summary>What it has to say.</summary>
    public SafeFileHandle Errors { get; private set; } = new();

    /// <summary>Of the operating system.</summary>
    public int Id => _process.Id;

    /// <exception cref="CaptureException">It cannot be started.</exception>
    public static FfmpegChild Start(FfmpegProgram program, FfmpegCommand command)
    {
        var child = new FfmpegChild(StartInfo(program, command.Arguments));
        try
        {
            new Thread(child.Guard) { IsBackground = true, Name = "ffmpeg" }.Start();
            child._started.Task.GetAwaiter().GetResult();
            child.Output = HandleOf(child._process.StandardOutput);
            child.Errors = HandleOf(child._process.StandardError);
            Libc.ResizePipe(child.Output, PipeBytes);
            child.Tell(command.Input);
            return child;
        }
        catch (Win32Exception e)
        {
            child._process.Dispose();
            throw new CaptureException($"'{program.Ffmpeg}' cannot be started ({e.Message.TrimEnd('.')}); a program that this user may execute was expected: install ffmpeg again, or name it in {FfmpegProgram.Variable}.", e);
        }
    }

    /// <summary>How it ended: 0 to 127 are its own, 128 and a signal's number when it was killed. Null when it runs on.</summary>
    public int? ExitCode(TimeSpan wait) => _exited.Task.Wait(wait) ? _process.ExitCode : null;

    /// <summary>Asks it to end, waits a second, kills it.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        if (!_exited.Task.IsCompleted) Libc.Terminate(_process.Id);
        // It may be waiting for room in the pipe, where no signal makes it end: with nobody at the other end it fails at once.
        _process.StandardOutput.Dispose();
        if (!_exited.Task.Wait(Goodbye))
        {
            _process.Kill();
            _exited.Task.Wait(Goodbye);
        }

        _process.Dispose();
    }

    private static ProcessStartInfo StartInfo(FfmpegProgram program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program.SetPriv ?? program.Ffmpeg)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        // What decodes bytes from outside needs no privilege that it has not got, and nothing of our configuration.
        foreach (var argument in (string[])(program.SetPriv is null ? [] : ["--pdeathsig", "KILL", "--no-new-privs", "--", program.Ffmpeg])) start.ArgumentList.Add(argument);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(static n => n.StartsWith("EDGEVISION", StringComparison.OrdinalIgnoreCase)).ToList()) start.Environment.Remove(name);
        start.Environment["AV_LOG_FORCE_NOCOLOR"] = "1";
        return start;
    }

    private static SafeFileHandle HandleOf(StreamReader reader) => new(((PipeStream)reader.BaseStream).SafePipeHandle.DangerousGetHandle(), ownsHandle: false);

    /// <summary>At most some thousand bytes: they fit into the pipe, whether it reads them or not.</summary>
    private void Tell(string input)
    {
        try
        {
            using var stream = _process.StandardInput.BaseStream;
            stream.Write(Encoding.UTF8.GetBytes(input));
        }
        catch (IOException)
        {
            // It ended before it read; why, its errors say.
        }
    }

    private void Guard()
    {
        try
        {
            _process.Start();
        }
#pragma warning disable CA1031 // Whatever it is, it belongs to the thread that waits for the start.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _started.SetException(e);
            return;
        }

        _started.SetResult();
        _process.WaitForExit();
        _exited.SetResult();
    }
}
