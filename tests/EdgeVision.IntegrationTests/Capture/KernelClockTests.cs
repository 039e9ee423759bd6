using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using EdgeVision.Capture;

namespace EdgeVision.IntegrationTests.Capture;

public sealed class KernelClockTests
{
    [Fact]
    public void The_kernel_writes_no_more_than_the_call_gives_it()
    {
        var size = Ask("sizeof(struct timex)");

        Assert.InRange(size, 1, KernelClock.TimexBytes);
    }

    [Fact]
    public void It_agrees_with_a_C_program()
    {
        // The same question, through the header's own struct; not synchronised is 5 (TIME_ERROR), refused is -1.
        var state = Ask("({ struct timex t = {0}; adjtimex(&t); })");

        Assert.Equal(state is >= 0 and not 5, KernelClock.IsSynchronised());
    }

    [Fact]
    public void It_can_be_asked_again_and_again()
    {
        var first = KernelClock.IsSynchronised();
        for (var i = 0; i < 1000; i++) Assert.Equal(first, KernelClock.IsSynchronised());
    }

    private static int Ask(string expression)
    {
        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Linux)) Assert.Skip("adjtimex is Linux.");
        using var folder = new TempFolder();
        var program = folder.PathOf("ask");
        File.WriteAllText(program + ".c", $"#include <stdio.h>\n#include <sys/timex.h>\nint main(void) {{ printf(\"%d\\n\", (int){expression}); return 0; }}\n");
        try
        {
            Run("cc", "-o", program, program + ".c");
        }
        catch (Win32Exception)
        {
            Assert.Skip("No C compiler (cc) is here to ask what the C library knows.");
        }

        return int.Parse(Run(program), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Run(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
