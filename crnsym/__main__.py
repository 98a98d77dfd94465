from crnsym.cli import main

main()
